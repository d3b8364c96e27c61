/** The commands that gather the same evidence again, from what the evidence itself says. */

import type { RunResult } from '../evidence/run-result.ts';
import { FAULT_KINDS } from '../evidence/scenario.ts';
import type { ClauseResults } from '../evidence/clause.ts';
import type { Judgement } from '../evidence/judgement.ts';
import type { MutationResult } from '../evidence/mutation.ts';
import type { ConformanceInputs } from './inputs.ts';
import { commandLine } from '../terminal/shell.ts';

const PROGRAM = 'npx onceproof';

export function reproduceCommands(
  inputs: ConformanceInputs,
  claimNames: readonly string[],
): string[] {
  const commands = [
    ...inputs.runs.map(({ value }) => runCommand(value, claimNames)),
    ...inputs.judgements.map(({ value }) => judgeCommand(value, claimNames)),
    ...inputs.clauseResults.map(({ value }) => checkCommand(value)),
    ...inputs.mutations.map(({ value }) => mutateCommand(value)),
  ];
  return [...new Set(commands)];
}

function runCommand(run: RunResult, claimNames: readonly string[]): string {
  const { scope, seed, scenarios } = run;
  const claims = run.claims.map(({ name }) => name);
  const isEvery = claimNames.every((name) => claims.includes(name));
  const hasAllFaults = FAULT_KINDS.every((kind) => scope.faults.includes(kind));
  return commandLine(PROGRAM, [
    'run',
    ...(isEvery ? [] : claims),
    ...option('--mutant', scope.mutant),
    '--transaction-version',
    String(scope.transactionVersion),
    ...(scope.partitionVerification ? [] : ['--partition-verification', 'off']),
    ...(hasAllFaults ? [] : ['--faults', scope.faults.join(',') || 'none']),
    '--scenarios',
    String(Math.max(1, scenarios)),
    '--seed',
    seed,
  ]);
}

/** `claimNames`: all that there are. */
export function judgeCommand(
  { file, claims, anomalies }: Pick<Judgement, 'file' | 'claims' | 'anomalies'>,
  claimNames: readonly string[],
): string {
  const asked = claims.map(({ name }) => name);
  const isEvery = claimNames.every((name) => asked.includes(name));
  const areLookedFor = anomalies.every(({ status }) => status !== 'not-asked');
  return commandLine(`${PROGRAM} judge`, [
    file.startsWith('-') ? `./${file}` : file,
    ...(isEvery && areLookedFor ? [] : ['--claims', asked.join(',')]),
    ...(areLookedFor && !isEvery ? ['--anomalies'] : []),
  ]);
}

function checkCommand({ mutant, transactionVersion, tests }: ClauseResults): string {
  const clauses = [...new Set(tests.map(({ clause }) => clause))];
  return commandLine(PROGRAM, [
    'clauses',
    ...(clauses.length > MANY ? [] : clauses),
    '--check',
    '--transaction-version',
    String(transactionVersion),
    ...option('--mutant', mutant),
  ]);
}

/** More ids than this are all that apply, or too many to type. */
const MANY = 12;

function mutateCommand({ seed, scenariosPerMutant, mutants, total }: MutationResult): string {
  const ids = mutants.map(({ id }) => id);
  return commandLine(PROGRAM, [
    'mutate',
    ...(total > MANY ? [] : ['--only', ids.join(',')]),
    '--scenarios',
    String(scenariosPerMutant),
    '--seed',
    seed,
  ]);
}

function option(name: string, value: string | null): readonly string[] {
  return value === null ? [] : [name, value];
}
