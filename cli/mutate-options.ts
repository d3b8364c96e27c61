/** The options of `mutate`, checked before anything is done. */

import { availableParallelism } from 'node:os';
import type { MutationOptions } from '../properties/campaign/mutation.ts';
import { MUTANTS } from '../properties/mutants/mutants.ts';
import { UsageError } from './errors.ts';
import { parseCount, parseDuration, parseNames, parseSeed } from './option-values.ts';
import { SCENARIOS_MAX, WORKERS_MAX } from './run-options.ts';

export const MUTANT_SCENARIOS = 40_000;
/** Fixed, so that scores compare. */
const SEED = '1';

/** As commander hands them over. */
export interface MutateFlags {
  readonly only?: string;
  readonly time?: string;
  readonly scenarios?: string;
  readonly seed?: string;
  readonly workers?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export interface MutateRequest extends MutationOptions {
  /** Null: write nothing. */
  readonly out: string | null;
  readonly json: boolean;
}

export function parseMutateOptions(flags: MutateFlags): MutateRequest {
  return {
    mutants: parseMutants(flags.only),
    timeMs: flags.time === undefined ? null : parseDuration('--time', flags.time),
    scenarios:
      flags.scenarios === undefined
        ? MUTANT_SCENARIOS
        : parseCount('--scenarios', flags.scenarios, SCENARIOS_MAX),
    seed: flags.seed === undefined ? SEED : parseSeed('--seed', flags.seed),
    workers:
      flags.workers === undefined
        ? availableParallelism()
        : parseCount('--workers', flags.workers, WORKERS_MAX),
    out: flags.out ?? null,
    json: flags.json ?? false,
  };
}

/** A mutant's id, or the letter of its table. */
function parseMutants(text: string | undefined): MutationOptions['mutants'] {
  if (text === undefined) return MUTANTS;
  const ids = MUTANTS.map(({ id }) => id);
  const names = parseNames('mutant', text, [...ids, ...new Set(ids.map((id) => id[0]!))]);
  if (names.length === 0) {
    throw new UsageError(`--only: expected mutants, found "${text}". See \`list mutants\`.`);
  }
  return MUTANTS.filter(({ id }) => names.includes(id) || names.includes(id[0]!));
}
