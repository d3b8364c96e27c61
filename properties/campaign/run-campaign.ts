/**
 * A run: earlier counterexamples first, then the historical scenarios, then generated ones in chunks, until the budget
 * ends or something is violated. What it returns depends on the settings, the seed and the number of scenarios only,
 * not on how many workers shared the work: chunks behind the first violated one are not counted.
 */

import type { Coverage } from '../../reports/evidence/coverage.ts';
import type { Finding } from '../../reports/evidence/finding.ts';
import type { RunResult } from '../../reports/evidence/run-result.ts';
import { FAULT_KINDS, type FaultKind, type Scenario } from '../../reports/evidence/scenario.ts';
import { CLAIM_NAMES } from '../claim-names.ts';
import { DEFAULT_MAX_STEPS, DEFAULT_MIN_STEPS } from '../scenarios/scenario-arbitrary.ts';
import { corpusScenarios } from '../scenarios/corpus.ts';
import { ChunkRecord, type ChunkResult, type Failure } from './chunk.ts';
import { findingOf } from './findings.ts';
import { Judge } from './judge.ts';
import { coverageOf, runResultOf } from './result.ts';
import type { RunSettings } from './settings.ts';
import { runChunks } from './workers.ts';

/** Large enough that sharing costs nothing, small enough that a violation ends the run soon. */
const CHUNK_SCENARIOS = 100;

export interface CampaignOptions extends Omit<RunSettings, 'minSteps' | 'maxSteps' | 'refinement'> {
  /** Generated scenarios; null: until the time is up. */
  readonly scenarios: number | null;
  /** Null: until the scenarios are done. */
  readonly timeMs: number | null;
  readonly seed: string;
  readonly workers: number;
  /** Findings of earlier runs, to be run first. */
  readonly earlier: readonly Finding[];
  /** Violations alone are shrunk and explained; otherwise permitted anomalies are as well. */
  readonly violationsOnly?: boolean;
}

export interface CampaignProgress {
  readonly scenarios: number;
  /** Null: until the time is up. */
  readonly scenariosPlanned: number | null;
  readonly elapsedMs: number;
  readonly timeMs: number | null;
  readonly violations: number;
  readonly witnessesReached: number;
  readonly claims: number;
}

export interface CampaignHooks {
  readonly onProgress: (progress: CampaignProgress) => void;
  /** Asked between chunks and while shrinking: true ends the run with what is known. */
  readonly shouldStop: () => boolean;
}

export interface CampaignOutcome {
  /** Without paths of findings: whoever writes them knows them. */
  readonly result: RunResult;
  /** Null where nothing was compared with the specification. */
  readonly coverage: Coverage | null;
  readonly findings: readonly Finding[];
}

export async function runCampaign(
  options: CampaignOptions,
  hooks: CampaignHooks,
): Promise<CampaignOutcome> {
  const { claims, transactionVersion, partitionVerification, faults, mutant } = options;
  const settings: RunSettings = {
    claims: CLAIM_NAMES.filter((name) => claims.includes(name)),
    transactionVersion,
    partitionVerification,
    faults,
    mutant,
    // A mutant leaves the model at once; what is asked of it is whether the claims notice.
    refinement: mutant === null,
    minSteps: DEFAULT_MIN_STEPS,
    maxSteps: DEFAULT_MAX_STEPS,
  };
  const judge = new Judge(settings);
  const known = runKnownScenarios(judge, options);
  const generated = known.violated
    ? { results: [], interrupted: false }
    : await runGenerated(settings, known, options, hooks);
  const results = [known, ...generated.results];
  const findings: Finding[] = [];
  const failures = firstFailures(results);
  const wanted = options.violationsOnly
    ? failures.filter(({ permitted }) => permitted === null)
    : failures;
  for (const failure of wanted) {
    findings.push(await findingOf(judge, failure, options.seed, hooks.shouldStop));
  }
  const coverage = coverageOf(settings, options.seed, results);
  return {
    result: runResultOf(settings, options.seed, results, coverage, generated.interrupted),
    coverage,
    findings,
  };
}

/**
 * Earlier findings of the same subject, and the corpus as far as its faults are in this run's scope, under this run's
 * transaction version and verification. A mutant gets no corpus: generated scenarios have to kill it.
 */
function runKnownScenarios(judge: Judge, options: CampaignOptions): ChunkResult {
  const { transactionVersion, partitionVerification, faults, mutant, earlier } = options;
  const record = new ChunkRecord(judge);
  const found = earlier.filter((finding) => finding.mutant === mutant);
  const corpus =
    mutant === null ? corpusScenarios().filter((scenario) => needsOnly(scenario, faults)) : [];
  for (const scenario of [...found.map((finding) => finding.scenario), ...corpus]) {
    record.judge({ ...scenario, transactionVersion, partitionVerification });
  }
  return record.result(-1);
}

function needsOnly({ steps }: Scenario, faults: readonly FaultKind[]): boolean {
  return FAULT_KINDS.every(
    (kind) => faults.includes(kind) || steps.every((step) => step.do !== kind),
  );
}

async function runGenerated(
  settings: RunSettings,
  known: ChunkResult,
  { seed, scenarios, timeMs, workers }: CampaignOptions,
  hooks: CampaignHooks,
): Promise<{ readonly results: readonly ChunkResult[]; readonly interrupted: boolean }> {
  const startMs = performance.now();
  const results: ChunkResult[] = [];
  const witnessed = new Set(known.witnessed.map(([claim]) => claim));
  let next = 0;
  let done = known.scenarios;
  let violations = 0;
  let interrupted = false;
  await runChunks({
    settings,
    workers,
    next: () => {
      const elapsedMs = performance.now() - startMs;
      interrupted ||= hooks.shouldStop();
      if (interrupted || violations > 0 || (timeMs !== null && elapsedMs >= timeMs)) return null;
      const remaining = scenarios === null ? CHUNK_SCENARIOS : scenarios - next * CHUNK_SCENARIOS;
      if (remaining <= 0) return null;
      const task = { seed, index: next, scenarios: Math.min(CHUNK_SCENARIOS, remaining) };
      next += 1;
      return task;
    },
    onResult: (result) => {
      results.push(result);
      done += result.scenarios;
      if (result.violated) violations += 1;
      for (const [claim] of result.witnessed) witnessed.add(claim);
      hooks.onProgress({
        scenarios: done,
        scenariosPlanned: scenarios === null ? null : scenarios + known.scenarios,
        elapsedMs: performance.now() - startMs,
        timeMs,
        violations,
        witnessesReached: witnessed.size,
        claims: settings.claims.length,
      });
    },
  });
  return { results: countedChunks(results), interrupted };
}

/** In order, up to and with the first that was violated. */
function countedChunks(results: readonly ChunkResult[]): readonly ChunkResult[] {
  const ordered = results.toSorted((left, right) => left.index - right.index);
  const end = ordered.findIndex(({ violated }) => violated);
  return end === -1 ? ordered : ordered.slice(0, end + 1);
}

/** One failure for each claim and each permitted reason: the earliest. */
function firstFailures(results: readonly ChunkResult[]): readonly Failure[] {
  const first = new Map<string, Failure>();
  for (const failure of results.flatMap(({ failures }) => failures)) {
    const key = `${failure.subject}/${failure.permitted}`;
    if (!first.has(key)) first.set(key, failure);
  }
  return [...first.values()];
}
