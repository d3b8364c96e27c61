import { describe, expect, test } from 'vitest';
import { directMachines } from './direct-machine.fixture.ts';
import { explore } from './explore.ts';
import { FAULTS } from './faults.ts';
import type { Invariant } from './invariants.ts';
import {
  INVARIANTS,
  NO_FALSE_SUCCESS,
  NO_HANGING_TRANSACTION,
  OWN_DECISION,
  RIGHT_TRANSACTION,
  systemViewer,
  WRITTEN_IS_KEPT,
} from './invariants.ts';
import type { Scope, ScopeName } from './scopes.ts';
import { SCOPES } from './scopes.ts';
import type { SystemAction } from './system.ts';
import { faultOf, System } from './system.ts';
import { BY_LIST, machineCharts, tabulated } from './system-tables.ts';

const TV2 = { transactionVersion: 2 } as const;
const TV1 = { transactionVersion: 1 } as const;
const UNVERIFIED = { ...TV1, partitionVerification: 0 } as const;
const NEVER_BUMPS = { ...TV1, bumpsEpoch: 0 } as const;

function scopeOf(name: ScopeName, change: Partial<Scope>): Scope {
  return { ...SCOPES[name], ...change };
}

/** `holds, 75 states` or `broken after 13 steps, 349 states`. */
function verdict(
  name: ScopeName,
  change: Partial<Scope>,
  invariants: readonly Invariant[],
): string {
  const { states, violation } = explore(new System(scopeOf(name, change)), invariants);
  if (violation === null) return `holds, ${states} states`;
  return `broken after ${violation.actions.length} steps, ${states} states`;
}

describe('every invariant holds under TV2 (KIP-890)', () => {
  test.each([
    ['smoke', 'holds, 75 states'],
    ['hang', 'holds, 430 states'],
    ['late', 'holds, 4059 states'],
    ['zombie', 'holds, 5559 states'],
    ['crash', 'holds, 2120 states'],
    ['retry', 'holds, 4742 states'],
    ['failover', 'holds, 2295 states'],
    ['timeout', 'holds, 10019 states'],
  ] as const)('in scope %s', (name, expected) => {
    expect(verdict(name, TV2, INVARIANTS)).toBe(expected);
  });
});

test('late requests are a set: which of two became late first makes no difference', () => {
  const faults = { ...SCOPES.hang.faults, delay: 1, duplication: 1 };
  expect(verdict('hang', { ...TV2, faults }, INVARIANTS)).toBe('holds, 3394 states');
});

describe('under TV0/1 what is late does harm', () => {
  const rows: readonly (readonly [string, Invariant, ScopeName, Partial<Scope>, string])[] = [
    [
      'a late produce request hangs when partitions are not verified (Z02 `after`)',
      NO_HANGING_TRANSACTION,
      'hang',
      UNVERIFIED,
      'broken after 13 steps, 349 states',
    ],
    [
      'it is refused when they are (KIP-890 part 1)',
      NO_HANGING_TRANSACTION,
      'hang',
      TV1,
      'holds, 736 states',
    ],
    [
      'a late EndTxn decides the next transaction, verified or not (Z01, KAFKA-17754)',
      OWN_DECISION,
      'late',
      TV1,
      'broken after 17 steps, 2187 states',
    ],
    [
      'a late produce request joins the next transaction of a client that does not bump, and what that one sends is lost (Z02 `next`)',
      WRITTEN_IS_KEPT,
      'late',
      NEVER_BUMPS,
      'broken after 25 steps, 5513 states',
    ],
    ['but not of one that bumps (KIP-360)', WRITTEN_IS_KEPT, 'late', TV1, 'holds, 7061 states'],
    [
      'a late marker ends the next transaction, whatever the client does',
      RIGHT_TRANSACTION,
      'late',
      TV1,
      'broken after 21 steps, 3867 states',
    ],
  ];
  test.each(rows)('%s', (_rule, invariant, name, change, expected) => {
    expect(verdict(name, change, [invariant])).toBe(expected);
  });

  test('and nothing else: all other invariants hold', () => {
    const permitted: readonly Invariant[] = [
      OWN_DECISION,
      RIGHT_TRANSACTION,
      NO_FALSE_SUCCESS,
      WRITTEN_IS_KEPT,
    ];
    const others = INVARIANTS.filter((invariant) => !permitted.includes(invariant));
    expect(verdict('late', NEVER_BUMPS, others)).toBe('holds, 6738 states');
  });
});

test('a late marker is a marker, not a request of a client', () => {
  const system = new System(scopeOf('late', TV1));
  const { violation } = explore(system, [RIGHT_TRANSACTION]);
  const delayed = violation!.actions.find((action) => action.type === 'Delay');
  expect(delayed).toMatchObject({
    connection: system.layout.connections.coordinatorToLeader(0),
  });
});

describe('tables and XState agree', () => {
  test.each([
    ['hang', TV1],
    ['hang', UNVERIFIED],
    ['crash', { ...TV2, partitions: 1 }],
  ] as const)('on all states and transitions of scope %s', (name, change) => {
    const scope = scopeOf(name, change);
    const tabulated = explore(new System(scope), INVARIANTS);
    const asked = explore(new System(scope, directMachines(machineCharts(scope))), INVARIANTS);
    expect(asked).toEqual(tabulated);
  });
});

test('a fold summary forgets nothing that an invariant asks: whole lists give the same verdicts in as many steps', () => {
  const scope = scopeOf('late', { ...UNVERIFIED, bumpsEpoch: 0 });
  const folding = new System(scope);
  const listing = new System(scope, tabulated(machineCharts(scope)), BY_LIST);
  const steps = (system: System, invariant: Invariant) =>
    explore(system, [invariant]).violation?.actions.length;
  for (const invariant of INVARIANTS) {
    const found = [invariant.name, steps(listing, invariant)];
    expect(found).toEqual([invariant.name, steps(folding, invariant)]);
  }
});

describe('every scope bites', () => {
  /** Invariants that are broken where something was reached: the search then ends with a shortest trace to it. */
  const unlessReached = (name: string, holds: Invariant['holds']): Invariant => ({
    name,
    sentence: name,
    source: 'R1 to R10',
    holds,
  });

  test.each(Object.keys(SCOPES) as ScopeName[])(
    'each fault of scope %s is enabled somewhere',
    (name) => {
      const scope = SCOPES[name];
      const system = new System(scope);
      const spent = new Set<string>();
      const state = { current: system.initialState() };
      const seen = new Set<string>();
      const queue = [state.current];
      while (queue.length > 0 && seen.size < 20_000) {
        const from = queue.shift()!;
        for (const action of system.enabledActions(from)) {
          const fault = faultOf(action);
          if (fault !== undefined) spent.add(fault);
          const next = system.step(from, action);
          if (!seen.has(next.join())) queue.push(next);
          seen.add(next.join());
        }
      }
      expect([...spent].sort()).toEqual(FAULTS.filter((fault) => scope.faults[fault] > 0).sort());
    },
  );

  const reached = (name: ScopeName, change: Partial<Scope>, holds: Invariant['holds']) =>
    explore(new System(scopeOf(name, change)), [unlessReached('reached', holds)]).violation;

  test('a transaction is committed, and told so', () => {
    const found = reached('smoke', TV2, ({ told }) => told[0]![0]?.outcome !== 'Committed');
    expect(found).not.toBeNull();
  });

  test('a reader delivers a record', () => {
    const found = reached('smoke', TV2, ({ delivered }) => delivered[0]!.length === 0);
    expect(found!.actions.slice(-2).map(({ type }) => type)).toEqual(['ReadLog', 'ReadAborted']);
  });

  test('the epoch is exhausted and the producer id rotates (KIP-890)', () => {
    const bounds = { ...TV2, maxEpoch: 2, producerIds: 2 };
    const found = reached('late', bounds, ({ durable }) => durable.producerId < 1);
    expect(found).not.toBeNull();
  });

  test('sequences start again at 0', () => {
    const bounds = { ...TV1, sequenceModulus: 1 };
    const found = reached('late', bounds, ({ partitions }) => partitions[0]!.batches.length < 2);
    expect(found).not.toBeNull();
  });
});

test('a step changes nothing but its result', () => {
  const system = new System(SCOPES.smoke);
  const before = system.initialState();
  const [action] = system.enabledActions(before) as [SystemAction];
  const copy = [...before];
  const after = system.step(before, action);
  expect(before).toEqual(copy);
  expect(system.step(before, action)).toEqual(after);
});

test('a read_committed reader fetches what was aborted, and does not deliver it', () => {
  const system = new System(scopeOf('smoke', TV2));
  let state = system.initialState();
  const take = (wanted: (action: SystemAction) => boolean): boolean => {
    const action = system.enabledActions(state).find(wanted);
    if (action !== undefined) state = system.step(state, action);
    return action !== undefined;
  };
  const isReading = ({ type }: SystemAction) => type === 'ReadLog' || type === 'ReadAborted';
  const calls = ['InitTransactions', 'BeginTransaction', 'Send', 'AbortTransaction'] as const;
  for (const call of calls) {
    expect(take((action) => action.type === 'Call' && action.call.type === call)).toBe(true);
    while (take((action) => action.type !== 'Call' && !isReading(action)));
  }
  expect(take(({ type }) => type === 'ReadLog')).toBe(true);
  expect(take(({ type }) => type === 'ReadAborted')).toBe(true);
  const { delivered, partitions } = systemViewer(system)(state);
  expect(delivered).toEqual([[]]);
  expect(partitions[0]!.batches.map(({ fate }) => fate)).toEqual(['aborted']);
});
