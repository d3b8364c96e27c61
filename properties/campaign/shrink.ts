/**
 * Makes a failing scenario small in two stages: fast-check walks down the scenario's own shrinks, then a bounded
 * breadth-first re-search tries what greedy shrinking cannot: leaving out two or three steps at once, and leaving out
 * one under another schedule, since every step less moves the choices of all that follow.
 */

import * as fc from 'fast-check';
import type { Finding } from '../../reports/evidence/finding.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { runScenario } from '../scenarios/run-scenario.ts';
import { ScenarioArbitrary } from '../scenarios/scenario-arbitrary.ts';

export type ShrinkHistory = Finding['shrink'];

export interface Shrunk {
  readonly scenario: Scenario;
  readonly history: ShrinkHistory;
}

export interface Shrinking {
  /** Whether a scenario still shows the same failure. */
  readonly fails: (candidate: Scenario) => boolean;
  /** Asked now and then: true ends the search with the smallest scenario so far. */
  readonly shouldStop: () => boolean;
}

/** Runs between two looks at the world outside. */
const RUNS_AT_A_STRETCH = 100;

/** Runs that each stage may spend. */
const MAX_FAST_CHECK_RUNS = 4_000;
const MAX_RE_SEARCH_RUNS = 6_000;

/** `scenario` must fail. */
export async function shrinkScenario(scenario: Scenario, shrinking: Shrinking): Promise<Shrunk> {
  const history: ShrinkHistory = [row('generated', scenario, 1)];
  const first = await shrinkWithFastCheck(scenario, new Trials(shrinking, MAX_FAST_CHECK_RUNS));
  history.push(row('fast-check', first.scenario, first.tried));
  const second = await reSearch(first.scenario, new Trials(shrinking, MAX_RE_SEARCH_RUNS));
  history.push(row('re-search', second.scenario, second.tried));
  return { scenario: second.scenario, history };
}

/** Tries candidates within a budget, and lets signals through in between. */
class Trials {
  readonly #shrinking: Shrinking;
  readonly #budget: number;
  #tried = 0;
  #isOver = false;

  constructor(shrinking: Shrinking, budget: number) {
    this.#shrinking = shrinking;
    this.#budget = budget;
  }

  get tried(): number {
    return this.#tried;
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Past its budget every candidate counts as passing. */
  async fails(candidate: Scenario): Promise<boolean> {
    if (this.#tried % RUNS_AT_A_STRETCH === 0) {
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#shrinking.shouldStop()) this.#isOver = true;
    }
    if (this.#tried === this.#budget) this.#isOver = true;
    if (this.#isOver) return false;
    this.#tried += 1;
    return this.#shrinking.fails(candidate);
  }
}

function row(
  stage: ShrinkHistory[number]['stage'],
  scenario: Scenario,
  tried: number,
): ShrinkHistory[number] {
  return { stage, steps: scenario.steps.length, choices: scenario.choices.length, tried };
}

interface Stage {
  readonly scenario: Scenario;
  readonly tried: number;
}

async function shrinkWithFastCheck(scenario: Scenario, trials: Trials): Promise<Stage> {
  let smallest = scenario;
  const arbitrary = new ScenarioArbitrary({
    ...scenario,
    faults: [],
    minSteps: 0,
    maxSteps: scenario.steps.length,
  });
  const { failed, counterexample, errorInstance } = await fc.check(
    fc.asyncProperty(arbitrary, async (candidate) => {
      if (!(await trials.fails(candidate))) return true;
      smallest = candidate;
      return false;
    }),
    { examples: [[scenario]], numRuns: 1 },
  );
  // fast-check takes an exception for a failure too.
  if (failed && counterexample![0] !== smallest) throw errorInstance;
  return { scenario: smallest, tried: trials.tried };
}

/** Tries simpler scenarios, those nearest by first, and starts again from the first that still fails. */
async function reSearch(scenario: Scenario, trials: Trials): Promise<Stage> {
  let smallest = scenario;
  for (let found: Scenario | null = scenario; found !== null;) {
    smallest = found;
    found = await firstThatFails(simplerScenarios(smallest), trials);
  }
  return { scenario: smallest, tried: trials.tried };
}

async function firstThatFails(
  candidates: Iterable<Scenario>,
  trials: Trials,
): Promise<Scenario | null> {
  for (const candidate of candidates) {
    if (await trials.fails(candidate)) return candidate;
    if (trials.isOver) return null;
  }
  return null;
}

function* simplerScenarios(scenario: Scenario): Generator<Scenario> {
  for (let fewer = 1; fewer <= MOST_LEFT_OUT; fewer += 1) yield* withFewerSteps(scenario, fewer);
  for (const shorter of withFewerSteps(scenario, 1)) yield* rescheduled(shorter);
}

const MOST_LEFT_OUT = 3;

function* withFewerSteps(scenario: Scenario, fewer: number): Generator<Scenario> {
  for (const left of combinations(scenario.steps.length, fewer)) {
    yield { ...scenario, steps: scenario.steps.filter((_, index) => !left.includes(index)) };
  }
}

/** Choices that a short scenario asks for; tasks that one of them may prefer to the oldest. */
const CHOICES_TRIED = 40;
const TASKS_TRIED = 3;

/** First in, first out but for one choice. */
function* rescheduled(scenario: Scenario): Generator<Scenario> {
  yield { ...scenario, choices: [] };
  for (let before = 0; before < CHOICES_TRIED; before += 1) {
    const inOrder = Array.from({ length: before }, () => 0);
    for (let task = 1; task <= TASKS_TRIED; task += 1) {
      yield { ...scenario, choices: [...inOrder, task] };
    }
  }
}

/** Every way to choose `size` of the numbers below `count`, the last ones first. */
function* combinations(count: number, size: number): Generator<readonly number[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let last = count - 1; last >= size - 1; last -= 1) {
    for (const rest of combinations(last, size - 1)) yield [...rest, last];
  }
}

/** The scenario without steps that were never taken and choices that were never asked for. */
export function withoutIdleParts(
  scenario: Scenario,
  run: ReturnType<typeof runScenario>,
): Scenario {
  return {
    ...scenario,
    steps: scenario.steps.filter((_, index) => run.taken[index]),
    choices: scenario.choices.slice(0, run.choicesUsed),
  };
}
