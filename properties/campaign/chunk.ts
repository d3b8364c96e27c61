/** A chunk: a fixed number of generated scenarios, run and judged; the unit that workers share out. */

import * as fc from 'fast-check';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { ClaimName } from '../claim-names.ts';
import { CoverageRecord, type MachineCounts } from '../coverage-matrix/coverage-record.ts';
import { FaultTally } from '../scenarios/fault-tally.ts';
import { ScenarioArbitrary } from '../scenarios/scenario-arbitrary.ts';
import type { Judge, Subject } from './judge.ts';
import { chunkSeed } from './settings.ts';

export interface ChunkTask {
  readonly seed: string;
  readonly index: number;
  readonly scenarios: number;
}

/** What a scenario violated, and how: `permitted` names the anomaly that explains it. */
export interface Failure {
  readonly subject: Subject;
  readonly permitted: string | null;
  readonly scenario: Scenario;
}

export interface ChunkResult {
  readonly index: number;
  readonly scenarios: number;
  readonly witnessed: readonly (readonly [ClaimName, number])[];
  readonly violations: readonly (readonly [Subject, number])[];
  readonly faults: FaultTally['rows'];
  readonly skippedSteps: number;
  readonly refinementSteps: number;
  /** What the refinement saw of the specification's machines; empty without refinement. */
  readonly coverage: readonly MachineCounts[];
  /** The first failure of each subject and kind, in order. The chunk ends with the first that is not permitted. */
  readonly failures: readonly Failure[];
  readonly violated: boolean;
}

/** Collects what scenarios show. */
export class ChunkRecord {
  readonly #judge: Judge;
  readonly #faults = new FaultTally();
  readonly #witnessed = new Map<ClaimName, number>();
  readonly #violations = new Map<Subject, number>();
  readonly #failures = new Map<string, Failure>();
  readonly #coverage: CoverageRecord | null;
  #scenarios = 0;
  #skippedSteps = 0;
  #refinementSteps = 0;
  #violated = false;

  constructor(judge: Judge) {
    this.#judge = judge;
    const { settings } = judge;
    this.#coverage = settings.refinement ? new CoverageRecord(settings) : null;
  }

  /** Runs and judges one scenario; false if it showed something that is not permitted. */
  judge(scenario: Scenario): boolean {
    const { run, history, violations, refinementSteps } = this.#judge.judge(
      scenario,
      this.#coverage,
    );
    this.#scenarios += 1;
    this.#faults.add(run.faults);
    this.#refinementSteps += refinementSteps;
    this.#skippedSteps += run.taken.filter((taken) => !taken).length;
    for (const claim of this.#judge.claims) {
      if (history.isReached(claim)) increment(this.#witnessed, claim.name);
    }
    let held = true;
    for (const violation of violations) {
      increment(this.#violations, violation.subject);
      const permitted = this.#judge.permitted(scenario, violation);
      if (permitted === null) held = false;
      this.#fail({ subject: violation.subject, permitted: permitted?.name ?? null, scenario });
    }
    if (!held) this.#violated = true;
    return held;
  }

  result(index: number): ChunkResult {
    return {
      index,
      scenarios: this.#scenarios,
      witnessed: [...this.#witnessed],
      violations: [...this.#violations],
      faults: this.#faults.rows,
      skippedSteps: this.#skippedSteps,
      refinementSteps: this.#refinementSteps,
      coverage: this.#coverage?.counts() ?? [],
      failures: [...this.#failures.values()],
      violated: this.#violated,
    };
  }

  #fail(failure: Failure): void {
    const key = `${failure.subject}/${failure.permitted}`;
    if (!this.#failures.has(key)) this.#failures.set(key, failure);
  }
}

/** Running or judging a scenario threw: a defect of the reference or of this package, and no verdict on any claim. */
export class ScenarioCrashedError extends Error {
  readonly code = 'SCENARIO_CRASHED';

  constructor(scenario: Scenario, cause: unknown) {
    const what = cause instanceof Error ? cause.message : String(cause);
    super(`${what}, in the scenario ${JSON.stringify(scenario)}`, { cause });
    if (cause instanceof Error && cause.stack !== undefined) {
      this.stack = `${this.message}\n${cause.stack}`;
    }
  }
}

export function runChunk(judge: Judge, task: ChunkTask): ChunkResult {
  const record = new ChunkRecord(judge);
  const { failed, counterexample, errorInstance } = fc.check(
    fc.property(new ScenarioArbitrary(judge.settings), (scenario) => record.judge(scenario)),
    { seed: chunkSeed(task.seed, task.index), numRuns: task.scenarios, endOnFailure: true },
  );
  const result = record.result(task.index);
  // fast-check takes an exception for a failed property; taken for a chunk that held, it would hide what crashed.
  if (failed && !result.violated) throw new ScenarioCrashedError(counterexample![0], errorInstance);
  return result;
}

function increment<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
