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

/** Runs that each stage may spend. */
const MAX_FAST_CHECK_RUNS = 4_000;
const MAX_RE_SEARCH_RUNS = 6_000;

/** `fails` says whether a scenario still shows the same failure; `scenario` must. */
export function shrinkScenario(
  scenario: Scenario,
  fails: (candidate: Scenario) => boolean,
): Shrunk {
  const history: ShrinkHistory = [row('generated', scenario, 1)];
  const first = shrinkWithFastCheck(scenario, fails);
  history.push(row('fast-check', first.scenario, first.tried));
  const second = reSearch(first.scenario, fails);
  history.push(row('re-search', second.scenario, second.tried));
  return { scenario: second.scenario, history };
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

function shrinkWithFastCheck(scenario: Scenario, fails: (candidate: Scenario) => boolean): Stage {
  let tried = 0;
  let smallest = scenario;
  const arbitrary = new ScenarioArbitrary({
    ...scenario,
    faults: [],
    minSteps: 0,
    maxSteps: scenario.steps.length,
  });
  const { counterexample, errorInstance } = fc.check(
    fc.property(arbitrary, (candidate) => {
      tried += 1;
      // Past its budget every candidate counts as passing, which ends the descent where it is.
      if (tried > MAX_FAST_CHECK_RUNS || !fails(candidate)) return true;
      smallest = candidate;
      return false;
    }),
    { examples: [[scenario]], numRuns: 1 },
  );
  // fast-check takes an exception for a failure too.
  if (counterexample?.[0] !== smallest) throw errorInstance;
  return { scenario: smallest, tried: Math.min(tried, MAX_FAST_CHECK_RUNS) };
}

/** Tries simpler scenarios, those nearest by first, and starts again from the first that still fails. */
function reSearch(scenario: Scenario, fails: (candidate: Scenario) => boolean): Stage {
  let smallest = scenario;
  let tried = 0;
  for (;;) {
    let smaller: Scenario | null = null;
    for (const candidate of simplerScenarios(smallest)) {
      if (tried === MAX_RE_SEARCH_RUNS) return { scenario: smallest, tried };
      tried += 1;
      if (fails(candidate)) {
        smaller = candidate;
        break;
      }
    }
    if (smaller === null) return { scenario: smallest, tried };
    smallest = smaller;
  }
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
