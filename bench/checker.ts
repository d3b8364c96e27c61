/**
 * States a CPU second of the checker: two-phase commit as XState machines, beside a search of the same that was packed
 * by hand; and the specification of Kafka's transactions, with every invariant.
 */

import { twoPhaseCommit } from '../examples/two-phase-commit.ts';
import { compose } from '../model/checker/composition.ts';
import type { SearchResult } from '../model/checker/search.ts';
import { search } from '../model/checker/search.ts';
import { NO_FAULTS } from '../model/faults.ts';
import { INVARIANTS } from '../model/invariants.ts';
import type { Scope } from '../model/scopes.ts';
import { SCOPES } from '../model/scopes.ts';
import { searched } from '../model/searched-system.ts';
import { System } from '../model/system.ts';
import { cpuSeconds, median } from './measure.ts';
import { searchPacked, type Counts } from './packed-two-phase-commit.ts';

const ROUNDS = 5;
const RESOURCES = [7, 8];
const MAX_STATES = 1_000_000;
/** Two producer instances, two partitions, two transactions each, one delay, TV2. */
const LARGE: Scope = {
  ...SCOPES.hang,
  instances: 2,
  partitions: 2,
  transactions: 2,
  faults: { ...NO_FAULTS, delay: 1 },
};

export function benchChecker(print: (line: string) => void): Promise<void> {
  print(`checker: exact, breadth first, one thread; CPU seconds, medians of ${ROUNDS}`);
  print(
    '| system | distinct | generated | depth | s | states a CPU s | B a state, tables apart | rules asked |',
  );
  print('| --- | --- | --- | --- | --- | --- | --- | --- |');
  for (const resources of RESOURCES) {
    let found: SearchResult<string> | null = null;
    const seconds = median(ROUNDS, () =>
      cpuSeconds(() => void (found = search(compose(twoPhaseCommit(resources))))),
    );
    print(row(`two-phase commit, ${resources} resource managers`, found!, seconds));
    let packed: Counts | null = null;
    const byHand = median(ROUNDS, () => cpuSeconds(() => void (packed = searchPacked(resources))));
    print(row('the same, packed by hand', packed!, byHand));
  }
  const seconds = median(ROUNDS, () => cpuSeconds(() => void searchLarge()));
  print(row(`Kafka transactions, at most ${MAX_STATES} states`, searchLarge(), seconds));
  return Promise.resolve();
}

function searchLarge(): SearchResult<unknown> {
  const bounds = { maxStates: MAX_STATES };
  return search(searched(new System(LARGE), INVARIANTS), bounds);
}

function row(name: string, found: Counts | SearchResult<unknown>, seconds: number): string {
  const { distinct, generated, depth } = found;
  const measured = [name, distinct, generated, depth, seconds.toFixed(2)];
  const rate = Math.round(distinct / seconds);
  const more =
    'evaluations' in found ? [found.bytesPerState.toFixed(0), found.evaluations] : ['-', '-'];
  return `| ${[...measured, rate, ...more].join(' | ')} |`;
}
