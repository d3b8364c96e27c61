/** How tests of claims are written: a history in the notation, and what the claim says of it. */

import { historyFrom } from '../history/history-notation.ts';
import { firstMalformation } from '../history/linter.ts';
import type { Claim } from './claim.ts';
import { JudgedHistory } from './judged-history.ts';

/** What the case shows; its history; the violation's message or null. */
export type ClaimCase = readonly [name: string, history: string, message: string | null];

/** The violation's message, or null; a case that is not a well-formed history is an error in the test. */
export function judge(claim: Claim, text: string): string | null {
  const events = historyFrom(text);
  const malformation = firstMalformation(events);
  if (malformation !== null) throw new Error(malformation.message);
  const violation = JudgedHistory.of(events, [claim]).violationOf(claim);
  if (violation === null) return null;
  for (const position of violation.events) {
    if (events[position] === undefined) throw new Error(`no event ${position}`);
  }
  const conclusion = violation.why.at(-1);
  if (!conclusion?.endsWith('a contradiction.')) throw new Error(`no conclusion: ${conclusion}`);
  return violation.message;
}

export function witnessed(claim: Claim, text: string): boolean {
  return JudgedHistory.of(historyFrom(text), [claim]).isReached(claim);
}
