/**
 * The strength of the suite: every mutant against the claims of its row, then the reference itself on the same
 * scenarios. The result depends on the options only, not on how many processes shared the work.
 */

import type { Finding } from '../../reports/evidence/finding.ts';
import {
  MUTATION_SCHEMA_VERSION,
  type MutantResult,
  type MutationResult,
} from '../../reports/evidence/mutation.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import {
  TRANSACTION_VERSIONS,
  type TransactionVersion,
} from '../../protocol/transaction-version.ts';
import { CLAIM_NAMES } from '../claim-names.ts';
import type { Mutant } from '../mutants/mutant.ts';
import { unkilled, type Kill } from './kill.ts';
import { KillRunner } from './kill-runner.ts';
import { REFINEMENT } from './judge.ts';
import { runCampaign } from './run-campaign.ts';

export interface MutationOptions {
  /** In the order in which results list them. */
  readonly mutants: readonly Mutant[];
  /** At most so many generated scenarios a mutant. */
  readonly scenarios: number;
  /** Null: until every mutant had its turn. */
  readonly timeMs: number | null;
  readonly seed: string;
  /** Processes. */
  readonly workers: number;
}

export interface MutationProgress {
  readonly done: number;
  readonly total: number;
  readonly survived: number;
  readonly last: MutantResult;
  readonly elapsedMs: number;
}

export interface MutationHooks {
  readonly onProgress: (progress: MutationProgress) => void;
  /** True ends it with what is known. */
  readonly shouldStop: () => boolean;
}

export interface MutationOutcome {
  readonly result: MutationResult;
  /** Of each killed mutant, the counterexamples. */
  readonly findings: readonly Finding[];
}

export async function mutate(
  options: MutationOptions,
  hooks: MutationHooks,
): Promise<MutationOutcome> {
  const startMs = performance.now();
  const before = process.cpuUsage();
  const isOver = (): boolean =>
    hooks.shouldStop() ||
    (options.timeMs !== null && performance.now() - startMs >= options.timeMs);
  const kills = await killAll(options, isOver, hooks.onProgress);
  const mutants = options.mutants.map(
    (mutant) => kills.get(mutant.id)?.result ?? unkilled(mutant, newestVersion(mutant)),
  );
  const partial = mutants.some(({ status }) => status === 'not-run');
  const reference = partial ? [] : await runReference(options, mutants, hooks.shouldStop);
  const { user, system } = process.cpuUsage(before);
  const inProcesses = mutants.reduce((total, { cpuSeconds }) => total + cpuSeconds, 0);
  return {
    result: {
      kind: 'mutation',
      schemaVersion: MUTATION_SCHEMA_VERSION,
      tool: TOOL,
      seed: options.seed,
      scenariosPerMutant: options.scenarios,
      killed: mutants.filter(({ status }) => status === 'killed').length,
      total: mutants.length,
      partial,
      cpuSeconds: Math.round(inProcesses * 1e3 + (user + system) / 1e3) / 1e3,
      mutants,
      reference,
    },
    findings: options.mutants.flatMap(({ id }) => kills.get(id)?.findings ?? []),
  };
}

/** The newest that shows it: what clients of today meet. */
function newestVersion({ transactionVersions }: Mutant): TransactionVersion {
  return transactionVersions.at(-1)!;
}

async function killAll(
  options: MutationOptions,
  isOver: () => boolean,
  onProgress: MutationHooks['onProgress'],
): Promise<ReadonlyMap<string, Kill>> {
  const { mutants, scenarios, seed } = options;
  const startMs = performance.now();
  const kills = new Map<string, Kill>();
  const waiting = [...mutants];
  let survived = 0;
  const share = async (): Promise<void> => {
    const worker = new KillRunner();
    try {
      for (;;) {
        const mutant = isOver() ? undefined : waiting.shift();
        if (mutant === undefined) return;
        const transactionVersion = newestVersion(mutant);
        const task = { mutant: mutant.id, transactionVersion, scenarios, seed };
        const done = await worker.kill(task, isOver);
        if (done === null) return;
        kills.set(mutant.id, done);
        if (done.result.status === 'survived') survived += 1;
        onProgress({
          done: kills.size,
          total: mutants.length,
          survived,
          last: done.result,
          elapsedMs: performance.now() - startMs,
        });
      }
    } finally {
      worker.end();
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.workers, mutants.length) }, share));
  return kills;
}

/** Under each setting that a mutant ran under, as many scenarios as the hardest of its mutants took. */
async function runReference(
  { seed, workers }: MutationOptions,
  mutants: readonly MutantResult[],
  shouldStop: () => boolean,
): Promise<MutationResult['reference']> {
  const rows: MutationResult['reference'] = [];
  for (const transactionVersion of TRANSACTION_VERSIONS) {
    for (const partitionVerification of [true, false]) {
      const scenarios = Math.max(
        0,
        ...mutants
          .filter(
            (mutant) =>
              mutant.transactionVersion === transactionVersion &&
              mutant.partitionVerification === partitionVerification,
          )
          .map((mutant) => mutant.scenarios),
      );
      if (scenarios === 0) continue;
      const { result } = await runCampaign(
        {
          claims: CLAIM_NAMES,
          transactionVersion,
          partitionVerification,
          faults: FAULT_KINDS,
          mutant: null,
          scenarios,
          timeMs: null,
          seed,
          workers,
          earlier: [],
          violationsOnly: true,
        },
        { onProgress: () => undefined, shouldStop },
      );
      const judged = [...result.claims, { name: REFINEMENT, ...result.refinement }];
      rows.push({
        transactionVersion,
        partitionVerification,
        scenarios: result.scenarios,
        alarms: judged.filter(({ status }) => status === 'violated').map(({ name }) => name),
      });
    }
  }
  return rows;
}
