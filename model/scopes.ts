/** Named bounds. Everything that makes the specification's state space finite is here; a verdict names what tells scopes apart. */

import type { FaultBudget } from './faults.ts';
import { FAULTS, NO_FAULTS } from './faults.ts';

export interface Scope {
  /** What the clients speak, and the finalized level of the feature. */
  readonly transactionVersion: 0 | 1 | 2;
  /** 1: `transaction.partition.verification.enable`. */
  readonly partitionVerification: 0 | 1;
  /** 1: clients ask for a newer epoch after they gave up a batch (KIP-360), as Java's; 0: they do not, as kafkajs. */
  readonly bumpsEpoch: 0 | 1;
  /** Producer instances of the one transactional id; each starts after the one before. */
  readonly instances: number;
  readonly partitions: number;
  /** Transactions of each instance. */
  readonly transactions: number;
  /** Batches of one record that a transaction writes to a partition, at most. */
  readonly records: number;
  /** Producer ids that the coordinator can hand out; more than one for rotation. */
  readonly producerIds: number;
  /** int16 max in Kafka; reserved for fencing. */
  readonly maxEpoch: number;
  /** 2^31 in Kafka. */
  readonly sequenceModulus: number;
  /** 1: an append to `__transaction_state` is replicated in a step of its own; 0: in the same step. */
  readonly transactionLogLags: 0 | 1;
  /** 1: the same, for data partitions. */
  readonly partitionLogsLag: 0 | 1;
  /** 1: a read_committed reader of each partition, from the start. */
  readonly readers: 0 | 1;
  readonly faults: FaultBudget;
}

const ONE_PRODUCER: Scope = {
  transactionVersion: 2,
  partitionVerification: 1,
  bumpsEpoch: 1,
  instances: 1,
  partitions: 1,
  transactions: 1,
  records: 1,
  producerIds: 1,
  maxEpoch: 100,
  sequenceModulus: 8,
  transactionLogLags: 0,
  partitionLogsLag: 0,
  readers: 0,
  faults: NO_FAULTS,
};

export const SCOPES = {
  /** One producer, one partition, one transaction, a reader, every log lagging, no fault. */
  smoke: { ...ONE_PRODUCER, transactionLogLags: 1, partitionLogsLag: 1, readers: 1 },
  /** One transaction and one late request: enough for the produce request that hangs. */
  hang: { ...ONE_PRODUCER, faults: { ...NO_FAULTS, delay: 1 } },
  /** Two transactions and one late request: enough for what is late to meet the next transaction. */
  late: { ...ONE_PRODUCER, transactions: 2, faults: { ...NO_FAULTS, delay: 1 } },
  /** Two transactions, one lost request or answer, a reader: enough for a retry that must not be written twice. */
  retry: { ...ONE_PRODUCER, transactions: 2, readers: 1, faults: { ...NO_FAULTS, loss: 1 } },
  /** Two transactions, one of which times out, and a late request: enough for a client that hears of its abort late. */
  timeout: {
    ...ONE_PRODUCER,
    transactions: 2,
    faults: { ...NO_FAULTS, transactionTimeout: 1, delay: 1 },
  },
  /** A leader crashes once while a batch is not replicated, or not answered; a reader watches. */
  failover: {
    ...ONE_PRODUCER,
    partitionLogsLag: 1,
    readers: 1,
    faults: { ...NO_FAULTS, leaderCrash: 1, loss: 1 },
  },
  /** A second instance takes over from a live one: enough for fencing. */
  zombie: { ...ONE_PRODUCER, instances: 2, faults: { ...NO_FAULTS, zombie: 1 } },
  /** Two partitions; the coordinator crashes once while a record is not replicated, and so may the producer. */
  crash: {
    ...ONE_PRODUCER,
    partitions: 2,
    transactionLogLags: 1,
    faults: { ...NO_FAULTS, coordinatorCrash: 1, producerCrash: 1 },
  },
} as const satisfies Readonly<Record<string, Scope>>;

export type ScopeName = keyof typeof SCOPES;

/** In words, what tells the named scopes apart: `1 instance, 2 partitions, 1 transaction each; at most 1 delay`. */
export function boundsOf(scope: Scope): string {
  const { instances, partitions, transactions, readers, transactionLogLags, partitionLogsLag } =
    scope;
  const logs = [
    ...(transactionLogLags === 1 ? ['the transaction log lags'] : []),
    ...(partitionLogsLag === 1 ? ['partitions lag'] : []),
  ];
  const faults = FAULTS.filter((fault) => scope.faults[fault] > 0);
  return [
    `${counted(instances, 'instance')}, ${counted(partitions, 'partition')}, ${counted(transactions, 'transaction')} each`,
    ...(readers === 1 ? ['a reader of each partition'] : []),
    ...logs,
    faults.length === 0
      ? 'no fault'
      : `at most ${faults.map((fault) => `${scope.faults[fault]} ${fault}`).join(', ')}`,
  ].join('; ');
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
