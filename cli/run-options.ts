/** The options of `run`, checked before anything is done. */

import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { CLAIM_NAMES, type ClaimName } from '../properties/claim-names.ts';
import { MUTANTS } from '../properties/mutants/mutants.ts';
import { TRANSACTION_VERSIONS, type TransactionVersion } from '../protocol/transaction-version.ts';
import { FAULT_KINDS, type FaultKind } from '../reports/evidence/scenario.ts';
import { UsageError } from './errors.ts';
import { parseCount, parseDuration, parseName, parseNames, parseSeed } from './option-values.ts';

export const DEFAULT_OUT = '.onceproof';
export const DEFAULT_SCENARIOS = 20_000;
export const SCENARIOS_MAX = 1_000_000_000;
export const WORKERS_MAX = 256;

/** As commander hands them over. */
export interface RunFlags {
  readonly scenarios?: string;
  readonly time?: string;
  readonly seed?: string;
  readonly faults?: string;
  readonly transactionVersion?: string;
  readonly partitionVerification?: string;
  readonly mutant?: string;
  readonly workers?: string;
  readonly json?: boolean;
  readonly out?: string;
}

export interface RunRequest {
  readonly claims: readonly ClaimName[];
  /** Null: until the time is up. */
  readonly scenarios: number | null;
  readonly timeMs: number | null;
  readonly seed: string;
  readonly faults: readonly FaultKind[];
  readonly transactionVersion: TransactionVersion;
  readonly partitionVerification: boolean;
  readonly mutant: string | null;
  readonly workers: number;
  readonly json: boolean;
  readonly out: string;
}

export function parseRunOptions(claims: readonly string[], flags: RunFlags): RunRequest {
  const timeMs = flags.time === undefined ? null : parseDuration('--time', flags.time);
  const transactionVersion = parseTransactionVersion(flags.transactionVersion);
  const partitionVerification = parseSwitch(
    '--partition-verification',
    flags.partitionVerification,
  );
  return {
    claims: parseClaims(claims),
    scenarios: parseScenarios(flags.scenarios, timeMs),
    timeMs,
    seed: flags.seed === undefined ? freshSeed() : parseSeed('--seed', flags.seed),
    faults:
      flags.faults === undefined ? FAULT_KINDS : parseNames('fault', flags.faults, FAULT_KINDS),
    transactionVersion,
    partitionVerification,
    mutant:
      flags.mutant === undefined
        ? null
        : parseVisibleMutant(flags.mutant, transactionVersion, partitionVerification),
    workers:
      flags.workers === undefined
        ? availableParallelism()
        : parseCount('--workers', flags.workers, WORKERS_MAX),
    json: flags.json ?? false,
    out: flags.out ?? DEFAULT_OUT,
  };
}

/** None given: all of them. */
function parseClaims(texts: readonly string[]): readonly ClaimName[] {
  const names = texts.map((text) => parseName('claim', text, CLAIM_NAMES));
  return names.length === 0 ? CLAIM_NAMES : CLAIM_NAMES.filter((name) => names.includes(name));
}

function parseScenarios(text: string | undefined, timeMs: number | null): number | null {
  if (text !== undefined) return parseCount('--scenarios', text, SCENARIOS_MAX);
  return timeMs === null ? DEFAULT_SCENARIOS : null;
}

export function parseTransactionVersion(text = '2'): TransactionVersion {
  const version = TRANSACTION_VERSIONS.find((candidate) => String(candidate) === text);
  if (version !== undefined) return version;
  throw new UsageError(
    `--transaction-version: expected ${TRANSACTION_VERSIONS.join(', ')}, found "${text}"; ` +
      '2 is KIP-890 part 2, in which every transaction ends with a new producer epoch.',
  );
}

export function parseSwitch(option: string, text = 'on'): boolean {
  if (text === 'on' || text === 'off') return text === 'on';
  throw new UsageError(`${option}: expected on or off, found "${text}"; the default is on.`);
}

/** A defect that the settings cannot show would make every run of it look green. */
function parseVisibleMutant(
  text: string,
  version: TransactionVersion,
  partitionVerification: boolean,
): string {
  const id = parseMutant(text);
  const mutant = MUTANTS.find((candidate) => candidate.id === id)!;
  if (!mutant.transactionVersions.includes(version)) {
    const versions = mutant.transactionVersions.join(' or ');
    throw new UsageError(
      `--mutant ${id}: expected --transaction-version ${versions}, under which this defect can be ` +
        `observed, found ${version}. Give the version, or another mutant.`,
    );
  }
  if (mutant.partitionVerification === false && partitionVerification) {
    throw new UsageError(
      `--mutant ${id}: expected --partition-verification off, since verification hides this defect, ` +
        'found on. Give the option, or another mutant.',
    );
  }
  return id;
}

export function parseMutant(text: string): string {
  return parseName(
    'mutant',
    text,
    MUTANTS.map(({ id }) => id),
  );
}

function freshSeed(): string {
  return randomBytes(4).toString('hex');
}
