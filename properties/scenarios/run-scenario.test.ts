import { describe, expect, test } from 'vitest';
import { HANDLERS } from '../../impl/partition-leader/handlers.ts';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import type { HistoryEvent } from '../../reports/evidence/history.ts';
import type { FaultKind, Scenario, Step } from '../../reports/evidence/scenario.ts';
import type { TraceEvent } from '../../reports/evidence/trace.ts';
import { HistoryIndex } from '../history/history-index.ts';
import { runScenario, type ScenarioRun } from './run-scenario.ts';

const COMPONENTS = componentsWith({});

function scenarioOf(steps: Step[], choices: number[] = []): Scenario {
  return {
    kind: 'scenario',
    schemaVersion: 1,
    transactionVersion: 2,
    partitionVerification: true,
    topology: {
      topics: { a: 2 },
      producers: [
        { name: 'A', transactional: true, bumpsEpochAfterAbort: true },
        { name: 'I', transactional: false, bumpsEpochAfterAbort: true },
      ],
      transactionStatePartitions: 50,
      transactionStateReplicationFactor: 3,
      requestTimeoutMs: 5_000,
      deliveryTimeoutMs: 40_000,
      maxBlockMs: 60_000,
      transactionTimeoutMs: 60_000,
    },
    steps,
    choices,
  };
}

function run(steps: Step[], choices: number[] = []): ScenarioRun {
  return runScenario(scenarioOf(steps, choices), {
    components: COMPONENTS,
    trace: true,
    coordinatorObserver: null,
  });
}

const BEGUN: Step[] = [
  { do: 'start', producer: 'A' },
  { do: 'begin', instance: 'A#1' },
  { do: 'send', instance: 'A#1', partition: 'a-0' },
];
const COMMIT: Step = { do: 'commit', instance: 'A#1' };

/** Values that the final read_committed reader got from a partition. */
function committed({ history }: ScenarioRun, partition: string): readonly (string | null)[] {
  const polls = new Set(
    history.flatMap((event) =>
      event.type === 'invoke' &&
      event.call === 'poll' &&
      event.final &&
      event.isolation === 'read_committed' &&
      event.partition === partition
        ? [event.op]
        : [],
    ),
  );
  return history.flatMap((event) =>
    event.type === 'ok' && polls.has(event.op)
      ? (event.records ?? []).map(({ value }) => value)
      : [],
  );
}

/** What calls of this kind returned, in order. */
function answers(
  { history }: ScenarioRun,
  call: 'describe-transaction' | 'end-offset' | 'init',
): readonly HistoryEvent[] {
  const ops = new Set(
    history.flatMap((event) => (event.type === 'invoke' && event.call === call ? [event.op] : [])),
  );
  return history.filter((event) => event.type === 'ok' && ops.has(event.op));
}

function events<Kind extends TraceEvent['kind']>(
  { trace }: ScenarioRun,
  kind: Kind,
): readonly Extract<TraceEvent, { kind: Kind }>[] {
  return trace.filter((event): event is Extract<TraceEvent, { kind: Kind }> => event.kind === kind);
}

test('a partition whose final read fails leaves nothing to judge', () => {
  const components = componentsWith({
    partitionLeader: {
      handlers: {
        fetch: (leader, request) => ({
          ...HANDLERS.fetch(leader, request),
          errorCode: 'OFFSET_OUT_OF_RANGE',
        }),
      },
    },
  });
  const options = { components, trace: false, coordinatorObserver: null };
  expect(() => runScenario(scenarioOf([...BEGUN, COMMIT]), options)).toThrow(
    /not those of read_uncommitted a-0, read_uncommitted a-1, read_committed a-0/,
  );
});

describe('a scenario without faults', () => {
  test('a committed transaction is read, an aborted one is not', () => {
    const result = run([
      ...BEGUN,
      COMMIT,
      { do: 'begin', instance: 'A#1' },
      { do: 'send', instance: 'A#1', partition: 'a-0' },
      { do: 'abort', instance: 'A#1' },
    ]);
    expect(committed(result, 'a-0')).toEqual(['A#1.1.1']);
    expect(result.taken).not.toContain(false);
  });

  test('an idempotent producer needs no transaction', () => {
    const result = run([
      { do: 'start', producer: 'I' },
      { do: 'send', instance: 'I#1', partition: 'a-1' },
    ]);
    expect(committed(result, 'a-1')).toEqual(['I#1.0.1']);
  });

  test('a step that is not enabled is skipped, and said to be', () => {
    const result = run([
      { do: 'begin', instance: 'A#1' },
      { do: 'start', producer: 'A' },
      COMMIT,
      { do: 'send', instance: 'A#1', partition: 'a-0' },
    ]);
    expect(result.taken).toEqual([false, true, false, false]);
    expect(events(result, 'step').map(({ skipped }) => skipped)).toEqual([true, false, true, true]);
  });

  test('a step with a wait is taken while messages are in flight', () => {
    const settled = run([...BEGUN, COMMIT]);
    const hurried = run([...BEGUN, { ...COMMIT, wait: 0 }]);
    const sends = (result: ScenarioRun): number =>
      result.history.findIndex((event) => event.type === 'ok' && event.offset !== undefined);
    const commits = (result: ScenarioRun): number =>
      result.history.findIndex((event) => event.type === 'invoke' && event.call === 'commit');
    expect(sends(settled)).toBeLessThan(commits(settled));
    expect(sends(hurried)).toBeGreaterThan(commits(hurried));
  });
});

describe('every fault reports that it fired', () => {
  const cases: readonly (readonly [FaultKind, readonly Step[]])[] = [
    ['crash-producer', [...BEGUN, { do: 'crash-producer', instance: 'A#1' }]],
    ['zombie', [...BEGUN, { do: 'start', producer: 'A' }]],
    ['crash-coordinator', [...BEGUN, { do: 'crash-coordinator' }, COMMIT]],
    ['crash-leader', [...BEGUN, { do: 'crash-leader', partition: 'a-0' }, COMMIT]],
    ['lose-request', [...BEGUN, { do: 'lose-request', api: 'EndTxn', from: 'A#1' }, COMMIT]],
    ['lose-response', [...BEGUN, { do: 'lose-response', api: 'EndTxn', from: 'A#1' }, COMMIT]],
    [
      'delay-request',
      [
        ...BEGUN,
        { do: 'delay-request', api: 'EndTxn', from: 'A#1', steps: 0 },
        COMMIT,
        { do: 'begin', instance: 'A#1' },
      ],
    ],
    [
      'delay-response',
      [...BEGUN, { do: 'delay-response', api: 'EndTxn', from: 'A#1', steps: 0 }, COMMIT],
    ],
    [
      'duplicate-request',
      [...BEGUN, { do: 'duplicate-request', api: 'EndTxn', from: 'A#1', steps: 0 }, COMMIT],
    ],
    ['time-out-transaction', [...BEGUN, { do: 'time-out-transaction' }]],
    [
      'fail-append',
      [
        {
          do: 'fail-append',
          partition: '__transaction_state-15',
          errorCode: 'NOT_ENOUGH_REPLICAS',
        },
        ...BEGUN,
      ],
    ],
  ];

  test.each(cases)('%s', (kind, steps) => {
    const result = run([...steps]);
    expect(result.faults.rows).toEqual([{ kind, armed: 1, fired: 1 }]);
  });

  test('a request that was held up and came before its sender gave up has not fired', () => {
    const result = run([
      ...BEGUN,
      { do: 'delay-request', api: 'EndTxn', from: 'A#1', steps: 0 },
      COMMIT,
      { do: 'poll' },
    ]);
    expect(result.faults.rows).toEqual([{ kind: 'delay-request', armed: 1, fired: 0 }]);
  });

  test('a fault whose message never comes is armed and has not fired', () => {
    const result = run([...BEGUN, { do: 'lose-request', api: 'EndTxn', from: 'A#2' }, COMMIT]);
    expect(result.faults.rows).toEqual([{ kind: 'lose-request', armed: 1, fired: 0 }]);
  });
});

describe('what faults do', () => {
  test('a lost answer is followed by a retry, and the transaction commits once', () => {
    const result = run([...BEGUN, { do: 'lose-response', api: 'EndTxn', from: 'A#1' }, COMMIT]);
    const attempts = result.history.filter(
      (event) => event.type === 'request' && event.api === 'EndTxn',
    );
    expect(attempts.length).toBeGreaterThan(1);
    expect(committed(result, 'a-0')).toEqual(['A#1.1.1']);
  });

  test('nothing overtakes a lost request on its connection', () => {
    const result = run([
      { do: 'start', producer: 'I' },
      { do: 'send', instance: 'I#1', partition: 'a-0' },
      { do: 'lose-request', api: 'Produce', from: 'I#1' },
      { do: 'send', instance: 'I#1', partition: 'a-0' },
      { do: 'send', instance: 'I#1', partition: 'a-0' },
    ]);
    expect(events(result, 'lost').map(({ reason }) => reason)).toEqual([
      'fault',
      'closed',
      'closed',
    ]);
    expect(committed(result, 'a-0')).toEqual(['I#1.0.1', 'I#1.0.2', 'I#1.0.3']);
  });

  test('a held request is delivered late, after the retry of its sender', () => {
    const result = run([
      ...BEGUN,
      { do: 'delay-request', api: 'EndTxn', from: 'A#1', steps: 0 },
      COMMIT,
      { do: 'begin', instance: 'A#1' },
    ]);
    const [held] = events(result, 'held');
    const late = events(result, 'delivered').filter((event) => event.late);
    expect(late.map(({ message }) => message)).toEqual([held!.message]);
  });

  test('a verification whose answer comes after the abort lets nothing in (KAFKA-14884)', () => {
    const scenario = scenarioOf([
      { do: 'start', producer: 'A' },
      { do: 'begin', instance: 'A#1' },
      { do: 'delay-response', api: 'AddPartitionsToTxn', from: 'leader', steps: 1 },
      { do: 'send', instance: 'A#1', partition: 'a-0' },
      { do: 'abort', instance: 'A#1' },
      // Not before the abort has returned.
      { do: 'begin', instance: 'A#1' },
    ]);
    const { trace } = runScenario(
      {
        ...scenario,
        transactionVersion: 1,
        topology: { ...scenario.topology, deliveryTimeoutMs: 6_000 },
      },
      { components: COMPONENTS, trace: true, coordinatorObserver: null },
    );
    const refused = trace.filter(
      (event) => event.kind === 'sent' && event.text === 'INVALID_TXN_STATE',
    );
    expect(refused).toMatchObject([{ api: 'Produce', to: 'A#1' }]);
  });

  test('a copy does not overtake what was sent before it on its connection', () => {
    const result = run([
      // Producer ids are there from here on, so that the first send of I goes out at once.
      { do: 'start', producer: 'A' },
      { do: 'begin', instance: 'A#1' },
      { do: 'start', producer: 'I' },
      { do: 'delay-request', api: 'Produce', from: 'I#1', steps: 9 },
      { do: 'send', instance: 'I#1', partition: 'a-0' },
      { do: 'duplicate-request', api: 'Produce', from: 'I#1', steps: 0 },
      { do: 'send', instance: 'I#1', partition: 'a-0' },
      { do: 'poll' },
    ]);
    expect(committed(result, 'a-0')).toEqual(['I#1.0.1', 'I#1.0.2']);
  });

  test('a coordinator that has restarted puts requests off until it has loaded', () => {
    const result = run([...BEGUN, { do: 'crash-coordinator' }, COMMIT]);
    const answers = result.history.flatMap((event) =>
      event.type === 'response' ? [event.errorCode] : [],
    );
    expect(
      answers.filter((errorCode) => errorCode === 'COORDINATOR_LOAD_IN_PROGRESS').length,
    ).toBeGreaterThan(1);
  });

  test('a producer can be killed in the middle of a call', () => {
    const result = run([
      ...BEGUN,
      { do: 'lose-request', api: 'EndTxn', from: 'A#1' },
      COMMIT,
      { do: 'crash-producer', instance: 'A#1' },
    ]);
    const commit = result.history.find(
      (event) => event.type === 'invoke' && event.call === 'commit',
    );
    expect(commit).toBeDefined();
    expect(
      result.history.some(
        (event) =>
          'op' in event && event.type !== 'invoke' && event.op === (commit as { op: number }).op,
      ),
    ).toBe(false);
    expect(committed(result, 'a-0')).toEqual([]);
  });

  test('what a broker had not flushed is lost with it', () => {
    const result = run([
      ...BEGUN.slice(0, 2),
      { do: 'send', instance: 'A#1', partition: 'a-0' },
      // The request, its add at the coordinator, the flush there, the answer: appended, not flushed.
      { do: 'crash-leader', partition: 'a-0', wait: 4 },
      COMMIT,
    ]);
    const appends = events(result, 'appended').filter(({ log }) => log === 'a-0');
    // The probe writes the last two.
    expect(appends.map(({ offset }) => offset)).toEqual([0, 0, 1, 2, 3]);
    expect(committed(result, 'a-0')).toEqual(['A#1.1.1']);
  });

  test('a transaction that nobody ends is aborted by its timeout', () => {
    const result = run([...BEGUN, { do: 'crash-producer', instance: 'A#1' }]);
    expect(committed(result, 'a-0')).toEqual([]);
    expect(answers(result, 'describe-transaction')).toMatchObject([{ state: 'CompleteAbort' }]);
  });
});

describe('what is asked of the cluster besides', () => {
  test('each round of polls asks another reader for the end that its isolation level can see', () => {
    const poll: Step = { do: 'poll' };
    const result = run([...BEGUN, poll, poll, poll, poll, poll]);
    const asked = result.history.filter(
      (event) => event.type === 'invoke' && event.call === 'end-offset',
    );
    expect(
      asked.map((event) => (event as { isolation: string; partition: string }).isolation),
    ).toEqual([
      'read_uncommitted',
      'read_uncommitted',
      'read_committed',
      'read_committed',
      'read_uncommitted',
    ]);
    expect(answers(result, 'end-offset')).toMatchObject([
      { offset: 1 },
      { offset: 0 },
      { offset: 0 },
      { offset: 0 },
      { offset: 1 },
    ]);
  });

  test('after the final reads a fresh instance of each id that was used tries it out', () => {
    const result = run([...BEGUN, COMMIT]);
    const history = new HistoryIndex(result.history);
    const probes = [...history.processes].filter(({ isProbe }) => isProbe);
    expect(probes.map(({ name }) => name)).toEqual(['A#2']);
    expect(probes[0]!.transactions.map(({ outcome }) => outcome)).toEqual(['committed']);
    expect(history.transactions.map(({ name }) => name)).toEqual(['transaction 1 of A#1']);
  });

  test('a copy that the network makes of a request is in the history', () => {
    const result = run([
      { do: 'duplicate-request', api: 'InitProducerId', from: 'A#1', steps: 0 },
      ...BEGUN,
    ]);
    const copies = result.history.filter(({ type }) => type === 'copy');
    expect(copies).toMatchObject([{ process: 'A#1', request: 1 }]);
  });
});
