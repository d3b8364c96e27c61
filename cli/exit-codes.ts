/** What the process says to scripts. One function turns a verdict into a code, so text, JSON and code agree. */

import type { RunResult } from '../reports/evidence/run-result.ts';

export const EXIT_CODES = {
  held: 0,
  violated: 1,
  inconclusive: 2,
  /** The subject could not be set up: nothing is claimed about it. */
  unavailable: 3,
  usage: 4,
  internal: 5,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT_CODES)[keyof typeof EXIT_CODES];

export interface Outcome {
  readonly verdict: RunResult['verdict'];
  readonly interrupted: boolean;
}

export function exitCodeOf(outcome: Outcome): ExitCode {
  if (outcome.interrupted) return EXIT_CODES.interrupted;
  switch (outcome.verdict) {
    case 'holds':
      return EXIT_CODES.held;
    case 'violated':
      return EXIT_CODES.violated;
    case 'inconclusive':
      return EXIT_CODES.inconclusive;
    case 'unavailable':
      return EXIT_CODES.unavailable;
  }
}
