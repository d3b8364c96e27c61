/**
 * What one instance of a transactional producer keeps, and what can happen to it: the context and the events of
 * `producer.machine.ts`.
 */

import type { ProducerEpoch, ProducerId, Sequence } from '../protocol/ids.ts';
import { NO_IDENTITY, NO_SEQUENCE } from '../protocol/ids.ts';
import { MAX_SEQUENCE } from '../protocol/limits.ts';
import type {
  AddPartitionsToTxnResponse,
  EndTxnResponse,
  InitProducerIdResponse,
  PartitionSet,
  ProduceResponse,
} from './messages.ts';
import { NO_PARTITIONS } from './messages.ts';

/** What a scope fixes. */
export interface ProducerScope {
  readonly transactionVersion: 0 | 1 | 2;
  /**
   * 1: Java's client, which asks for a newer epoch after it gave up a batch (KIP-360). 0: a client that does not, and
   * that counts a sequence only once it is acknowledged (kafkajs).
   */
  readonly bumpsEpoch: 0 | 1;
  readonly partitions: number;
  /** Transactions that the application begins at most. */
  readonly maxTransactions: number;
  /** Batches of one record that the application sends to a partition in one transaction, at most. */
  readonly maxRecords: number;
  /** How many sequences there are before they start again at 0. */
  readonly sequenceModulus: number;
}

/** A Java client of the current protocol, with bounds small enough to draw. */
export const JAVA_PRODUCER_SCOPE: ProducerScope = {
  transactionVersion: 2,
  bumpsEpoch: 1,
  partitions: 1,
  maxTransactions: 2,
  maxRecords: 1,
  sequenceModulus: MAX_SEQUENCE + 1,
};

/** What the application knows of a transaction; a ghost. `Unknown`: its commit was sent and ended in an error. */
export type Outcome = 'Open' | 'CommitAsked' | 'Committed' | 'Aborted' | 'Unknown' | 'Failed';

export interface ToldTransaction {
  readonly outcome: Outcome;
  /** Of a committed transaction: records written, one number a partition. Otherwise all 0. */
  readonly written: readonly number[];
}

/** A partition's batch: none, to be sent (for the first time or again), or sent and not answered. */
export type BatchPhase = 'None' | 'Ready' | 'Sent';

export interface ProducerContext extends ProducerScope {
  readonly producerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** One transactional request at a time is on the coordinator's connection (TransactionManager.nextRequest). */
  readonly outstanding: 'None' | 'InitProducerId' | 'AddPartitionsToTxn' | 'EndTxn';
  /** TransactionManager's newPartitionsInTransaction, pendingPartitionsInTransaction and partitionsInTransaction. */
  readonly newPartitions: PartitionSet;
  readonly pendingPartitions: PartitionSet;
  readonly addedPartitions: PartitionSet;
  /** TransactionManager.transactionStarted: whether there is anything to end at the coordinator. */
  readonly transactionStarted: 0 | 1;
  /** TransactionManager.clientSideEpochBumpRequired. */
  readonly epochBumpRequired: 0 | 1;
  /** One a partition; at most one batch a partition is under way (`max.in.flight.requests.per.connection` 1). */
  readonly batches: readonly BatchPhase[];
  /** Sequence of the batch under way, -1 until it is first sent; a retry keeps it. */
  readonly assigned: readonly Sequence[];
  readonly nextSequence: readonly Sequence[];
  /** Records handed to `send` in this transaction. */
  readonly records: readonly number[];
  /** Ghost, one a transaction begun. */
  readonly told: readonly ToldTransaction[];
}

/** The context fields of a producer between transactions. */
export function noTransaction(scope: ProducerScope): Partial<ProducerContext> {
  return {
    outstanding: 'None',
    newPartitions: NO_PARTITIONS,
    pendingPartitions: NO_PARTITIONS,
    addedPartitions: NO_PARTITIONS,
    transactionStarted: 0,
    epochBumpRequired: 0,
    batches: eachPartition<BatchPhase>(scope, 'None'),
    assigned: eachPartition(scope, NO_SEQUENCE),
    records: eachPartition(scope, 0),
  };
}

export function eachPartition<Value>(scope: ProducerScope, value: Value): readonly Value[] {
  return Array.from({ length: scope.partitions }, () => value);
}

export function initialProducerContext(scope: ProducerScope): ProducerContext {
  return {
    ...scope,
    ...NO_IDENTITY,
    ...noTransaction(scope),
    nextSequence: eachPartition(scope, 0),
    told: [],
  } as ProducerContext;
}

export type ProducerEvent =
  | { readonly type: 'InitTransactions' }
  | { readonly type: 'BeginTransaction' }
  | { readonly type: 'Send'; readonly partition: number }
  | { readonly type: 'CommitTransaction' }
  | { readonly type: 'AbortTransaction' }
  | { readonly type: 'ProducerCrashed' }
  | InitProducerIdResponse
  | AddPartitionsToTxnResponse
  | EndTxnResponse
  | (ProduceResponse & { readonly partition: number })
  /** The coordinator's connection ended without an answer: found broken, or given up after `request.timeout.ms`. */
  | { readonly type: 'Disconnected' }
  /** A produce request was not answered in time: the batch is sent again, on a new connection. */
  | { readonly type: 'ProduceTimedOut'; readonly partition: number }
  /** The same, and `delivery.timeout.ms` is over: the batch is given up, its fate unknown. */
  | { readonly type: 'BatchExpired'; readonly partition: number };

export interface ProducerStep {
  readonly context: ProducerContext;
  readonly event: ProducerEvent;
}
