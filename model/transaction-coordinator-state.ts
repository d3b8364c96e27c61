/**
 * What one transaction coordinator knows of one transactional id, and what can happen to it: the context and the
 * events of `transaction-coordinator.machine.ts`.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type { CoordinatorEpoch, ProducerEpoch, ProducerId } from '../protocol/ids.ts';
import { NO_COORDINATOR_EPOCH, NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../protocol/ids.ts';
import { MAX_PRODUCER_EPOCH } from '../protocol/limits.ts';
import type { TransactionState } from '../protocol/states.ts';
import type {
  AddOffsetsToTxnRequest,
  AddPartitionsToTxnRequest,
  EndTxnRequest,
  InitProducerIdRequest,
  PartitionSet,
  TransactionLogEntry,
  WriteTxnMarkersResponse,
} from './messages.ts';
import { NO_PARTITIONS } from './messages.ts';

/** What a scope fixes, and Kafka's own values. */
export interface CoordinatorScope {
  /** int16 max in Kafka; reserved for fencing. The epoch is exhausted from one below it. */
  readonly maxEpoch: ProducerEpoch;
  /** Finalized level of the feature `transaction.version`: decides how the coordinator itself aborts, and the log's format. */
  readonly serverTransactionVersion: 0 | 1 | 2;
}

export const KAFKA_COORDINATOR_SCOPE: CoordinatorScope = {
  maxEpoch: MAX_PRODUCER_EPOCH,
  serverTransactionVersion: 2,
};

/** Whose request waits for the append under way; `Nobody` for what the coordinator does on its own. */
export type Waiter =
  | 'Nobody'
  | 'InitProducerId'
  | 'AddPartitionsToTxn'
  | 'AddOffsetsToTxn'
  | 'EndTxn';

/**
 * What a pending transition waits for. `Nothing` while none is pending, and also when its completion was abandoned: then
 * the id answers CONCURRENT_TRANSACTIONS until the log partition is loaded again (TransactionMarkerChannelManager.removeMarkersForTxn).
 */
export type Awaiting = 'Nothing' | 'Append' | 'MarkersToBeSent' | 'Markers';

/** TransactionMetadata's fields by Kafka's names, without timestamps; its `state` is the chart's. All but the scope is volatile. */
export interface CoordinatorContext extends CoordinatorScope {
  /** Leader epoch of the `__transaction_state` partition; -1 while not the coordinator. */
  readonly coordinatorEpoch: CoordinatorEpoch;
  readonly producerId: ProducerId;
  /** The producer id before the last completed transition, equal to `producerId` but after a rotation. */
  readonly previousProducerId: ProducerId;
  /** Set from Prepare* to Complete* when the epoch is exhausted (KIP-890). */
  readonly nextProducerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  /** Epoch before the last bump that its owner asked for; recognises a retry. Not persisted. */
  readonly lastProducerEpoch: ProducerEpoch;
  /** In Prepare*, only those whose marker is still missing (TransactionMetadata.removePartition). */
  readonly partitions: PartitionSet;
  readonly clientTransactionVersion: 0 | 1 | 2;
  /** TV0/1: the in-memory epoch is already bumped, though the append failed. Not persisted. */
  readonly hasFailedEpochFence: 0 | 1;

  /** Target of the transition under way; PrepareEpochFence never shows, since fence and abort are one step here. */
  readonly pendingState: TransactionState | 'None';
  readonly awaiting: Awaiting;
  readonly waiter: Waiter;
  /** TxnTransitMetadata: the fields after the transition. */
  readonly pendingProducerId: ProducerId;
  readonly pendingNextProducerId: ProducerId;
  readonly pendingProducerEpoch: ProducerEpoch;
  readonly pendingLastProducerEpoch: ProducerEpoch;
  readonly pendingPartitions: PartitionSet;
  readonly pendingClientTransactionVersion: 0 | 1 | 2;
}

/** The context fields of a coordinator in which no transition is pending. */
export const NOTHING_PENDING = {
  pendingState: 'None',
  awaiting: 'Nothing',
  waiter: 'Nobody',
  pendingProducerId: NO_PRODUCER_ID,
  pendingNextProducerId: NO_PRODUCER_ID,
  pendingProducerEpoch: NO_PRODUCER_EPOCH,
  pendingLastProducerEpoch: NO_PRODUCER_EPOCH,
  pendingPartitions: NO_PARTITIONS,
  pendingClientTransactionVersion: 0,
} as const satisfies Partial<CoordinatorContext>;

/** The context fields of a coordinator that holds no metadata. */
export const NO_METADATA = {
  producerId: NO_PRODUCER_ID,
  previousProducerId: NO_PRODUCER_ID,
  nextProducerId: NO_PRODUCER_ID,
  producerEpoch: NO_PRODUCER_EPOCH,
  lastProducerEpoch: NO_PRODUCER_EPOCH,
  partitions: NO_PARTITIONS,
  clientTransactionVersion: 0,
  hasFailedEpochFence: 0,
  ...NOTHING_PENDING,
} as const satisfies Partial<CoordinatorContext>;

export function initialContext(scope: CoordinatorScope): CoordinatorContext {
  return { ...scope, coordinatorEpoch: NO_COORDINATOR_EPOCH, ...NO_METADATA };
}

/**
 * A producer id that the broker's block has ready, -1 when it has none (RPCProducerIdManager). The machine says with
 * `takeProducerId` that it used the id.
 */
interface Allocation {
  readonly allocatedProducerId: ProducerId;
}

export type CoordinatorEvent =
  | (InitProducerIdRequest & Allocation)
  | AddPartitionsToTxnRequest
  | AddOffsetsToTxnRequest
  | (EndTxnRequest & Allocation)
  | WriteTxnMarkersResponse
  /** The entry last appended is replicated. */
  | { readonly type: 'TransactionLogAppended' }
  /** The append failed, with the log's error; the entry may be found by the next load all the same. */
  | { readonly type: 'TransactionLogAppendFailed'; readonly errorCode: ErrorCode }
  /** The transaction is older than its timeout at a tick of the cleanup task. */
  | ({ readonly type: 'TransactionTimedOut' } & Allocation)
  /** The id was not used for `transactional.id.expiration.ms`. */
  | { readonly type: 'TransactionalIdExpired' }
  /** The broker became leader of the log partition and begins to load it. */
  | { readonly type: 'CoordinatorElected' }
  /** The partition is loaded; `view` is the last record of the id, by definition of the log. */
  | {
      readonly type: 'CoordinatorLoaded';
      readonly coordinatorEpoch: CoordinatorEpoch;
      readonly view: TransactionLogEntry;
    }
  | { readonly type: 'CoordinatorResigned' }
  | { readonly type: 'CoordinatorCrashed' };

export interface CoordinatorStep {
  readonly context: CoordinatorContext;
  readonly event: CoordinatorEvent;
}
