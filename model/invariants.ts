/**
 * What must hold in every state of the composition. The numbers are those of the catalogue of state invariants
 * (S1 to S52); each names its source, and where Kafka permits an exception the sentence says so.
 */

import type { PermittedAnomalyName } from '../protocol/permitted-anomalies.ts';
import type { PartitionView, SummarisedBatch } from './partition-log.ts';
import { batchesOf, hasStaleAppend, partitionView } from './partition-log.ts';
import type { ToldTransaction } from './producer-state.ts';
import { instanceOf, ordinalOf, transactionName, transactionOf } from './records.ts';
import type { Scope } from './scopes.ts';
import type { System } from './system.ts';
import type { SystemState } from './system-state.ts';
import type { StoredTransactionEntry, TransactionLogFindings } from './transaction-log.ts';
import { durableRecord, transactionLogFindings } from './transaction-log.ts';

export interface PartitionFacts {
  /** One a producer id. */
  readonly views: readonly PartitionView[];
  /** Stored batches below the high watermark, ordered by record. */
  readonly batches: readonly SummarisedBatch[];
  readonly staleAppend: 0 | 1;
}

/** A state as the invariants see it. */
export interface SystemView {
  readonly durable: StoredTransactionEntry;
  readonly findings: TransactionLogFindings;
  readonly partitions: readonly PartitionFacts[];
  /** What each instance's application was told, one a transaction. */
  readonly told: readonly (readonly ToldTransaction[])[];
  /** What each partition's reader delivered, ordered; empty without readers. */
  readonly delivered: readonly (readonly number[])[];
  /** Transactions in which an instance sent after a newer one was initialised. */
  readonly zombieSends: readonly number[];
}

export interface Invariant {
  readonly name: string;
  readonly sentence: string;
  readonly source: string;
  /** Anomalies that Kafka permits and that break it, where the scope has them. */
  readonly brokenBy?: readonly PermittedAnomalyName[];
  readonly holds: (view: SystemView) => boolean;
}

/** Whether Kafka permits an anomaly under the settings of a scope. */
export function isPermitted(anomaly: PermittedAnomalyName, scope: Scope): boolean {
  if (scope.transactionVersion === 2) return false;
  return anomaly !== 'LateProduceAfter' || scope.partitionVerification === 0;
}

const PREPARED = ['PrepareCommit', 'PrepareAbort'];

/** The open transaction of a partition, as the coordinator must know it. */
function coordinatorKnows(
  durable: StoredTransactionEntry,
  partition: number,
  producerId: number,
  view: PartitionView,
): boolean {
  const isOpen = durable.state === 'Ongoing' || PREPARED.includes(durable.state);
  const isParticipant = (durable.partitions & (1 << partition)) !== 0;
  return (
    isOpen &&
    isParticipant &&
    durable.producerId === producerId &&
    view.producerEpoch <= durable.producerEpoch
  );
}

function committed({ batches }: PartitionFacts): readonly SummarisedBatch[] {
  return batches.filter(({ fate }) => fate === 'committed');
}

function isRepeated(values: readonly unknown[]): boolean {
  return new Set(values).size !== values.length;
}

function outcomeOf(view: SystemView, transaction: number) {
  return view.told[instanceOf(transaction)]![ordinalOf(transaction)]!.outcome;
}

const ASKED = ['CommitAsked', 'Committed', 'Unknown'];

export const NO_HANGING_TRANSACTION: Invariant = {
  name: 'NoHangingTransaction',
  sentence:
    'If a partition has an open transaction, the coordinator durably knows it, of that epoch or a newer one, with that partition.',
  source: 'S32; KIP-890',
  brokenBy: ['LateProduceAfter'],
  holds: ({ durable, partitions }) =>
    partitions.every(({ views }, partition) =>
      views.every(
        (view, producerId) =>
          view.open === 0 || coordinatorKnows(durable, partition, producerId, view),
      ),
    ),
};

export const RIGHT_TRANSACTION: Invariant = {
  name: 'RightTransaction',
  sentence:
    "A batch sent for a transaction is ended by that transaction's marker, never by another's.",
  source: 'S31; KIP-890',
  brokenBy: ['LateProduceNext', 'LateMarker'],
  holds: ({ partitions }) =>
    partitions.every(({ batches }) => batches.every(({ stranger }) => stranger === 0)),
};

export const OWN_DECISION: Invariant = {
  name: 'OwnDecision',
  sentence: 'No transaction is ended by an EndTxn request that was sent for an earlier one.',
  source: 'S35; KIP-890, KAFKA-17754',
  brokenBy: ['LateEndTxn'],
  holds: ({ findings }) => findings.strangerDecided === 0,
};

export const COMMITTED_READS: Invariant = {
  name: 'CommittedReads',
  sentence:
    'A read_committed reader delivers only records of transactions whose commit marker is replicated.',
  source: 'S42; KIP-98',
  holds: ({ partitions, delivered }) =>
    delivered.every((records, partition) => {
      const fine = new Set(committed(partitions[partition]!).map(({ record }) => record));
      return records.every((record) => fine.has(record));
    }),
};

export const NO_STORED_DUPLICATE: Invariant = {
  name: 'NoStoredDuplicate',
  sentence:
    'No two replicated batches of a partition have the same producer id, epoch and sequence.',
  source:
    'S1; ProducerAppendInfo. Sequences that have wrapped around are not compared: a scope keeps its modulus above the number of batches',
  holds: ({ partitions }) =>
    partitions.every(
      ({ batches }) =>
        !isRepeated(
          batches.map(
            ({ producerId, producerEpoch, baseSequence }) =>
              `${producerId} ${producerEpoch} ${baseSequence}`,
          ),
        ),
    ),
};

export const NO_DUPLICATE: Invariant = {
  name: 'NoDuplicate',
  sentence: 'A record handed to send once is committed at most once, and delivered at most once.',
  source: 'S2; KIP-98',
  holds: ({ partitions, delivered }) =>
    partitions.every((facts) => !isRepeated(committed(facts).map(({ record }) => record))) &&
    delivered.every((records) => !isRepeated(records)),
};

export const COORDINATOR_FENCE: Invariant = {
  name: 'CoordinatorFence',
  sentence: 'Once an epoch is durable, no request of a lower one changes what the coordinator has.',
  source:
    'S36; KIP-98. Permitted: a TV2 retry of one epoch below is answered (9.2(6)), and so is a KIP-360 retry; neither counts here, for only AddPartitionsToTxn and EndTxn records are judged',
  holds: ({ findings }) => findings.staleRequest === 0,
};

export const PARTITION_FENCE: Invariant = {
  name: 'PartitionFence',
  sentence: 'Once a partition holds anything of an epoch, nothing of a lower one is appended.',
  source: 'S37 and S4; ProducerAppendInfo.checkProducerEpoch',
  holds: ({ partitions }) => partitions.every(({ staleAppend }) => staleAppend === 0),
};

export const ZOMBIE_FENCE: Invariant = {
  name: 'ZombieFence',
  sentence:
    'What an instance sends after a newer instance was initialised is never committed; it may be stored under TV0/1 where the new epoch is not known yet.',
  source: 'S38; KIP-98, KIP-890',
  holds: ({ partitions, zombieSends }) =>
    partitions.every((facts) =>
      committed(facts).every(({ record }) => !zombieSends.includes(transactionOf(record))),
    ),
};

export const NO_TORN_TRANSACTION: Invariant = {
  name: 'NoTornTransaction',
  sentence: 'No transaction has one batch committed and another aborted.',
  source: 'S30',
  holds: ({ partitions }) => {
    const decided = partitions.flatMap(({ batches }) =>
      batches.filter(({ fate }) => fate !== 'open'),
    );
    const aborted = new Set(
      decided.filter(({ fate }) => fate === 'aborted').map(({ record }) => transactionOf(record)),
    );
    return decided.every(
      ({ fate, record }) => fate === 'aborted' || !aborted.has(transactionOf(record)),
    );
  },
};

export const NO_FALSE_SUCCESS: Invariant = {
  name: 'NoFalseSuccess',
  sentence:
    'A record is committed only if its application asked for the commit, and aborted only if it was not told that it is committed.',
  source: 'S39',
  brokenBy: ['LateEndTxn', 'LateProduceNext', 'LateMarker'],
  holds: (view) =>
    view.partitions.every(({ batches }) =>
      batches.every(({ fate, record }) => {
        const outcome = outcomeOf(view, transactionOf(record));
        return fate === 'committed'
          ? ASKED.includes(outcome)
          : fate === 'open' || outcome !== 'Committed';
      }),
    ),
};

export const WRITTEN_IS_KEPT: Invariant = {
  name: 'WrittenIsKept',
  sentence:
    'Of a transaction that its application was told is committed, every record is stored in its partition.',
  source: 'S7 and S45',
  // The record sent is taken for a duplicate of the late one.
  brokenBy: ['LateProduceNext'],
  holds: ({ told, partitions }) =>
    told.every((transactions, instance) =>
      transactions.every(({ outcome, written }, ordinal) =>
        outcome !== 'Committed'
          ? true
          : written.every(
              (count, partition) =>
                recordsOf(partitions[partition]!, transactionName(instance, ordinal)) === count,
            ),
      ),
    ),
};

/** Distinct records of a transaction that a partition stores. */
function recordsOf({ batches }: PartitionFacts, transaction: number): number {
  const records = batches
    .map(({ record }) => record)
    .filter((record) => transactionOf(record) === transaction);
  return new Set(records).size;
}

export const LEGAL_TRANSITIONS: Invariant = {
  name: 'LegalTransitions',
  sentence:
    'Records of a transactional id follow the table of valid previous states; the epoch stays, grows by one, or starts at 0 with a fresh producer id.',
  source: 'S11 and S16; TransactionState.validPreviousStates',
  holds: ({ findings }) => findings.illegalTransition === 0 && findings.epochStep === 0,
};

export const INVARIANTS: readonly Invariant[] = [
  NO_HANGING_TRANSACTION,
  RIGHT_TRANSACTION,
  OWN_DECISION,
  COMMITTED_READS,
  NO_STORED_DUPLICATE,
  NO_DUPLICATE,
  COORDINATOR_FENCE,
  PARTITION_FENCE,
  ZOMBIE_FENCE,
  NO_TORN_TRANSACTION,
  NO_FALSE_SUCCESS,
  WRITTEN_IS_KEPT,
  LEGAL_TRANSITIONS,
];

/**
 * Views of a system's states. What depends on one log alone is scanned once a log, and a view looks at what is asked for
 * alone.
 */
export function systemViewer(system: System): (state: SystemState) => SystemView {
  const { scope, layout, tables } = system;
  const partitionFacts: PartitionFacts[] = [];
  const factsOf = (log: number): PartitionFacts => {
    const list = tables.partitionLogs.logOf(log);
    return (partitionFacts[log] ??= {
      views: counted(scope.producerIds).map((producerId) => partitionView(list, producerId)),
      batches: batchesOf(list),
      staleAppend: hasStaleAppend(list),
    });
  };
  const findings: TransactionLogFindings[] = [];
  const transactionLogOf = (state: SystemState) =>
    tables.transactionLogs.logOf(state[layout.transactionLog]!);
  return (state) => ({
    get durable() {
      return durableRecord(transactionLogOf(state));
    },
    get findings() {
      const log = state[layout.transactionLog]!;
      return (findings[log] ??= transactionLogFindings(transactionLogOf(state)));
    },
    get partitions() {
      return counted(scope.partitions).map((partition) =>
        factsOf(state[layout.partitionLog(partition)]!),
      );
    },
    get told() {
      return counted(scope.instances).map(
        (instance) =>
          tables.machines.producer.stateOf(state[layout.producer(instance)]!).context.told,
      );
    },
    get delivered() {
      return counted(scope.readers === 1 ? scope.partitions : 0).map(
        (partition) => tables.reader(state[layout.reader(partition)]!).delivered,
      );
    },
    get zombieSends() {
      return zombieTransactions(state[layout.zombieSends]!, scope.transactions);
    },
  });
}

function zombieTransactions(bits: number, transactions: number): readonly number[] {
  return counted(31)
    .filter((bit) => (bits & (1 << bit)) !== 0)
    .map((bit) => transactionName(Math.floor(bit / transactions), bit % transactions));
}

function counted(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
