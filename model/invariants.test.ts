import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import type { Invariant, PartitionFacts, SystemView } from './invariants.ts';
import * as invariants from './invariants.ts';
import { TRANSACTION_LOG_TOMBSTONE } from './messages.ts';
import type { SummarisedBatch } from './partition-log.ts';
import type { Outcome } from './producer-state.ts';
import { recordName, transactionName } from './records.ts';
import type { Scope } from './scopes.ts';
import { SCOPES } from './scopes.ts';
import { System } from './system.ts';
import type { MachineCharts } from './system-tables.ts';
import { machineCharts, tabulated } from './system-tables.ts';

const RECORD = recordName(transactionName(0, 0), 0);

const COMMITTED: SummarisedBatch = {
  producerId: 0,
  producerEpoch: 0,
  baseSequence: 0,
  record: RECORD,
  fate: 'committed',
  stranger: 0,
};

const CLOSED = {
  producerEpoch: 0,
  coordinatorEpoch: 0,
  open: 0,
  window: [],
  unreplicated: 0,
} as const;

function partition(change: Partial<PartitionFacts> = {}): PartitionFacts {
  return { views: [CLOSED], batches: [COMMITTED], staleAppend: 0, ...change };
}

const FINDINGS = {
  strangerDecided: 0,
  staleRequest: 0,
  illegalTransition: 0,
  epochStep: 0,
} as const;

/** One committed transaction of one record, told and delivered: every invariant holds. */
function view(change: Partial<SystemView> = {}): SystemView {
  return {
    durable: {
      ...TRANSACTION_LOG_TOMBSTONE,
      state: 'CompleteCommit',
      producerId: 0,
      producerEpoch: 0,
      owner: 0,
      decider: -1,
      requestEpoch: -1,
    },
    findings: FINDINGS,
    partitions: [partition()],
    told: told('Committed'),
    delivered: [[RECORD]],
    zombieSends: [],
    ...change,
  };
}

function told(outcome: Outcome): SystemView['told'] {
  return [[{ outcome, written: [1] }]];
}

function batches(...changes: readonly Partial<SummarisedBatch>[]): Partial<SystemView> {
  return {
    partitions: [partition({ batches: changes.map((change) => ({ ...COMMITTED, ...change })) })],
  };
}

test('every invariant holds of an ordinary state', () => {
  for (const invariant of invariants.INVARIANTS) {
    expect([invariant.name, invariant.holds(view())]).toEqual([invariant.name, true]);
  }
});

describe('each invariant is broken by a state that it forbids', () => {
  const open = [partition({ views: [{ ...CLOSED, open: 1 }] })];
  const ongoing = (change: object) => ({ ...view().durable, state: 'Ongoing' as const, ...change });
  const rows: readonly (readonly [string, Invariant, Partial<SystemView>])[] = [
    [
      'open, and complete at the coordinator',
      invariants.NO_HANGING_TRANSACTION,
      { partitions: open },
    ],
    [
      'open, and not a participant',
      invariants.NO_HANGING_TRANSACTION,
      { partitions: open, durable: ongoing({ partitions: 2 }) },
    ],
    [
      'open, of a newer epoch than the coordinator has',
      invariants.NO_HANGING_TRANSACTION,
      { partitions: open, durable: ongoing({ partitions: 1, producerEpoch: -1 }) },
    ],
    ["ended by another's marker", invariants.RIGHT_TRANSACTION, batches({ stranger: 1 })],
    [
      "ended by another's request",
      invariants.OWN_DECISION,
      { findings: { ...FINDINGS, strangerDecided: 1 } },
    ],
    ['delivered, and aborted', invariants.COMMITTED_READS, batches({ fate: 'aborted' })],
    [
      'one sequence, two records',
      invariants.NO_STORED_DUPLICATE,
      batches({}, { record: RECORD + 1 }),
    ],
    ['one record, committed twice', invariants.NO_DUPLICATE, batches({}, { baseSequence: 1 })],
    ['one record, delivered twice', invariants.NO_DUPLICATE, { delivered: [[RECORD, RECORD]] }],
    [
      'a stale request had an effect',
      invariants.COORDINATOR_FENCE,
      { findings: { ...FINDINGS, staleRequest: 1 } },
    ],
    [
      'a stale epoch was appended',
      invariants.PARTITION_FENCE,
      { partitions: [partition({ staleAppend: 1 })] },
    ],
    ['a zombie sent what is committed', invariants.ZOMBIE_FENCE, { zombieSends: [0] }],
    [
      'one batch committed, one aborted',
      invariants.NO_TORN_TRANSACTION,
      batches({}, { record: RECORD + 1, fate: 'aborted' }),
    ],
    ['committed without being asked', invariants.NO_FALSE_SUCCESS, { told: told('Failed') }],
    ['aborted, and told committed', invariants.NO_FALSE_SUCCESS, batches({ fate: 'aborted' })],
    ['told committed, and not stored', invariants.WRITTEN_IS_KEPT, batches()],
    [
      'no valid previous state',
      invariants.LEGAL_TRANSITIONS,
      { findings: { ...FINDINGS, illegalTransition: 1 } },
    ],
    [
      'two epochs at once',
      invariants.LEGAL_TRANSITIONS,
      { findings: { ...FINDINGS, epochStep: 1 } },
    ],
  ];
  test.each(rows)('%s', (_state, invariant, change) => {
    expect(invariant.holds(view(change))).toBe(false);
  });

  test('and none is missing here', () => {
    expect(new Set(rows.map(([, invariant]) => invariant))).toEqual(new Set(invariants.INVARIANTS));
  });
});

describe('a mutant of one decision is found', () => {
  const never = () => false;
  type Mutate = (charts: MachineCharts) => Partial<MachineCharts>;
  const rows: readonly (readonly [string, Scope, Mutate, string])[] = [
    [
      'the leader forgets which epochs are fenced',
      { ...SCOPES.hang, transactionVersion: 1, partitionVerification: 0 },
      ({ leader }) => ({
        leader: leader.provide({ guards: { isStale: never } }),
      }),
      'PartitionFence',
    ],
    [
      'a TV2 marker of an epoch that is not newer is taken (KIP-890)',
      SCOPES.late,
      ({ leader }) => ({ leader: leader.provide({ guards: { markerIsStale: never } }) }),
      'RightTransaction',
    ],
    [
      'the coordinator does not compare epochs when it adds partitions',
      { ...SCOPES.zombie, transactionVersion: 1 },
      ({ coordinator }) => ({
        coordinator: coordinator.provide({ guards: { hasOtherEpoch: never } }),
      }),
      'CoordinatorFence',
    ],
    [
      'the coordinator completes before its markers are written',
      { ...SCOPES.hang, faults: { ...SCOPES.hang.faults, delay: 0, loss: 1 } },
      ({ coordinator }) => ({
        coordinator: coordinator.provide({ guards: { markerIsWritten: () => true } }),
      }),
      'NoHangingTransaction',
    ],
  ];
  test.each(rows)('%s', (_mutant, scope, mutate, expected) => {
    const charts = machineCharts(scope);
    const system = new System(scope, tabulated({ ...charts, ...mutate(charts) }));
    expect(explore(system, invariants.INVARIANTS).violation?.invariant).toBe(expected);
  });
});
