/**
 * What the coordinator remembers of one transactional id, and the only ways to change it. A transition has two
 * steps (TransactionMetadata.java): `prepare…` marks it pending and describes its outcome, `completeTransitionTo`
 * installs that outcome once the log holds it. At most one transition is pending.
 */

import type {
  ProducerEpoch,
  ProducerId,
  TopicPartition,
  TransactionalId,
} from '../../protocol/ids.ts';
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID, NO_TIMESTAMP } from '../../protocol/ids.ts';
import type { TransactionState } from '../../protocol/states.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';

/** Everything a transition decides (TxnTransitMetadata). Partitions are an immutable list without repetition. */
export interface TransitMetadata {
  readonly producerId: ProducerId;
  readonly previousProducerId: ProducerId;
  readonly nextProducerId: ProducerId;
  readonly producerEpoch: ProducerEpoch;
  readonly lastProducerEpoch: ProducerEpoch;
  readonly transactionTimeoutMs: number;
  readonly state: TransactionState;
  readonly topicPartitions: readonly TopicPartition[];
  readonly startTimestampMs: number;
  readonly lastUpdateTimestampMs: number;
  readonly clientTransactionVersion: TransactionVersion;
}

type Mutable<Fields> = { -readonly [Name in keyof Fields]: Fields[Name] };

export interface TransactionMetadata extends Mutable<TransitMetadata> {
  readonly transactionalId: TransactionalId;
  pendingState: TransactionState | null;
  /** A fencing bump is in memory but could not be logged; the next fence must not bump again (KAFKA-9666). */
  hasFailedEpochFence: boolean;
}

export interface EpochPair {
  readonly producerEpoch: ProducerEpoch;
  readonly lastProducerEpoch: ProducerEpoch;
}

/** A bug of the coordinator itself (Kafka throws IllegalStateException); never an answer to a client. */
export class IllegalTransitionError extends Error {
  readonly code = 'ILLEGAL_TRANSITION';
}

/** `transaction.timeout.ms` of a two-phase commit participant: never timed out (KIP-939). */
export const TWO_PHASE_COMMIT_TIMEOUT_MS = 2_147_483_647;

/** TransactionState.VALID_PREVIOUS_STATES. */
const VALID_PREVIOUS_STATES: Readonly<Record<TransactionState, readonly TransactionState[]>> = {
  Empty: ['Empty', 'CompleteCommit', 'CompleteAbort'],
  Ongoing: ['Ongoing', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  PrepareCommit: ['Ongoing'],
  PrepareAbort: ['Ongoing', 'PrepareEpochFence', 'Empty', 'CompleteCommit', 'CompleteAbort'],
  CompleteCommit: ['PrepareCommit'],
  CompleteAbort: ['PrepareAbort'],
  Dead: ['Empty', 'CompleteAbort', 'CompleteCommit'],
  PrepareEpochFence: ['Ongoing'],
};

/** Nothing was ever logged for the id: epoch -1. */
export function freshMetadata(
  transactionalId: TransactionalId,
  producerId: ProducerId,
  transactionTimeoutMs: number,
  nowMs: number,
): TransactionMetadata {
  return {
    transactionalId,
    producerId,
    previousProducerId: NO_PRODUCER_ID,
    nextProducerId: NO_PRODUCER_ID,
    producerEpoch: NO_PRODUCER_EPOCH,
    lastProducerEpoch: NO_PRODUCER_EPOCH,
    transactionTimeoutMs,
    state: 'Empty',
    topicPartitions: [],
    startTimestampMs: NO_TIMESTAMP,
    lastUpdateTimestampMs: nowMs,
    clientTransactionVersion: 0,
    pendingState: null,
    hasFailedEpochFence: false,
  };
}

/** Marks the transition pending and copies the present; the caller overwrites what the transition changes. */
function prepareTransitionTo(
  metadata: TransactionMetadata,
  state: TransactionState,
  nowMs: number,
): Mutable<TransitMetadata> {
  if (metadata.pendingState !== null) {
    throw new IllegalTransitionError(
      `${metadata.transactionalId} is preparing ${state} while ${metadata.pendingState} is pending`,
    );
  }
  if (!VALID_PREVIOUS_STATES[state].includes(metadata.state)) {
    throw new IllegalTransitionError(
      `${metadata.transactionalId} may not go from ${metadata.state} to ${state}`,
    );
  }
  metadata.pendingState = state;
  return {
    producerId: metadata.producerId,
    previousProducerId: metadata.producerId,
    nextProducerId: metadata.nextProducerId,
    producerEpoch: metadata.producerEpoch,
    lastProducerEpoch: metadata.lastProducerEpoch,
    transactionTimeoutMs: metadata.transactionTimeoutMs,
    state,
    topicPartitions: metadata.topicPartitions,
    startTimestampMs: metadata.startTimestampMs,
    lastUpdateTimestampMs: nowMs,
    clientTransactionVersion: metadata.clientTransactionVersion,
  };
}

/** A producer (re)initialises: Empty, under the epochs of the table of InitProducerId. */
export function prepareIncrementProducerEpoch(
  metadata: TransactionMetadata,
  epochs: EpochPair,
  transactionTimeoutMs: number,
  nowMs: number,
): TransitMetadata {
  if (epochs.producerEpoch < 0) {
    throw new IllegalTransitionError(
      `${metadata.transactionalId} may not get the epoch ${epochs.producerEpoch}`,
    );
  }
  const transit = prepareTransitionTo(metadata, 'Empty', nowMs);
  transit.producerEpoch = epochs.producerEpoch;
  transit.lastProducerEpoch = epochs.lastProducerEpoch;
  transit.transactionTimeoutMs = transactionTimeoutMs;
  transit.topicPartitions = [];
  transit.startTimestampMs = NO_TIMESTAMP;
  return transit;
}

/** The epochs are used up: Empty under a new producer id. Keeps the old epoch only for a KIP-360 retry to recognise. */
export function prepareProducerIdRotation(
  metadata: TransactionMetadata,
  producerId: ProducerId,
  transactionTimeoutMs: number,
  nowMs: number,
  recordLastEpoch: boolean,
): TransitMetadata {
  const transit = prepareTransitionTo(metadata, 'Empty', nowMs);
  transit.producerId = producerId;
  transit.producerEpoch = 0;
  transit.lastProducerEpoch = recordLastEpoch ? metadata.producerEpoch : NO_PRODUCER_EPOCH;
  transit.transactionTimeoutMs = transactionTimeoutMs;
  transit.topicPartitions = [];
  transit.startTimestampMs = NO_TIMESTAMP;
  return transit;
}

/** Reserves an Ongoing transaction for an abort by the coordinator. Never logged: PrepareAbort replaces it. */
export function prepareFenceProducerEpoch(metadata: TransactionMetadata): void {
  prepareTransitionTo(metadata, 'PrepareEpochFence', metadata.lastUpdateTimestampMs);
}

export function prepareAddPartitions(
  metadata: TransactionMetadata,
  partitions: readonly TopicPartition[],
  transactionVersion: TransactionVersion,
  nowMs: number,
): TransitMetadata {
  const transit = prepareTransitionTo(metadata, 'Ongoing', nowMs);
  const all = metadata.topicPartitions.slice();
  for (const partition of partitions) if (!all.includes(partition)) all.push(partition);
  transit.topicPartitions = all;
  if (metadata.state !== 'Ongoing') transit.startTimestampMs = nowMs;
  transit.clientTransactionVersion = transactionVersion;
  return transit;
}

export interface AbortOrCommit {
  readonly state: 'PrepareCommit' | 'PrepareAbort';
  readonly epochs: EpochPair;
  readonly transactionVersion: TransactionVersion;
  /** -1 unless the epoch is exhausted and Complete will hand out a new identity (KIP-890). */
  readonly nextProducerId: ProducerId;
  /** A TV2 abort of a transaction the coordinator never saw begin. */
  readonly noPartitionAdded: boolean;
}

export function prepareAbortOrCommit(
  metadata: TransactionMetadata,
  end: AbortOrCommit,
  nowMs: number,
): TransitMetadata {
  if (end.epochs.producerEpoch < 0 || metadata.producerId < 0) {
    throw new IllegalTransitionError(
      `${metadata.transactionalId} may not end under (${metadata.producerId}, ${end.epochs.producerEpoch})`,
    );
  }
  const transit = prepareTransitionTo(metadata, end.state, nowMs);
  transit.producerEpoch = end.epochs.producerEpoch;
  transit.lastProducerEpoch = end.epochs.lastProducerEpoch;
  transit.nextProducerId = end.nextProducerId;
  if (end.noPartitionAdded) transit.startTimestampMs = nowMs;
  transit.clientTransactionVersion = end.transactionVersion;
  return transit;
}

export function prepareComplete(metadata: TransactionMetadata, nowMs: number): TransitMetadata {
  const transit = prepareTransitionTo(
    metadata,
    metadata.state === 'PrepareCommit' ? 'CompleteCommit' : 'CompleteAbort',
    nowMs,
  );
  metadata.hasFailedEpochFence = false;
  if (metadata.clientTransactionVersion >= 2 && metadata.nextProducerId !== NO_PRODUCER_ID) {
    transit.producerId = metadata.nextProducerId;
    transit.producerEpoch = 0;
  }
  transit.nextProducerId = NO_PRODUCER_ID;
  transit.topicPartitions = [];
  return transit;
}

/** The id expires; a tombstone is logged. Pending only, like PrepareEpochFence. */
export function prepareDead(metadata: TransactionMetadata): void {
  prepareTransitionTo(metadata, 'Dead', metadata.lastUpdateTimestampMs);
}

/** Installs a logged transition (TransactionMetadata.completeTransitionTo). */
export function completeTransitionTo(
  metadata: TransactionMetadata,
  transit: TransitMetadata,
): void {
  if (metadata.pendingState !== transit.state || !isLawful(metadata, transit)) {
    throw new IllegalTransitionError(
      `${metadata.transactionalId} in ${metadata.state} (${metadata.producerId}, ${metadata.producerEpoch}) with ` +
        `${metadata.pendingState ?? 'nothing'} pending may not become ${transit.state} ` +
        `(${transit.producerId}, ${transit.producerEpoch})`,
    );
  }
  metadata.producerId = transit.producerId;
  metadata.previousProducerId = transit.previousProducerId;
  metadata.nextProducerId = transit.nextProducerId;
  metadata.producerEpoch = transit.producerEpoch;
  metadata.lastProducerEpoch = transit.lastProducerEpoch;
  metadata.transactionTimeoutMs = transit.transactionTimeoutMs;
  metadata.state = transit.state;
  metadata.topicPartitions = transit.topicPartitions;
  metadata.startTimestampMs = transit.startTimestampMs;
  metadata.lastUpdateTimestampMs = transit.lastUpdateTimestampMs;
  metadata.clientTransactionVersion = transit.clientTransactionVersion;
  metadata.pendingState = null;
}

function isLawful(metadata: TransactionMetadata, transit: TransitMetadata): boolean {
  switch (transit.state) {
    case 'Empty':
      return (
        (transit.producerEpoch === metadata.producerEpoch ||
          transit.producerEpoch === metadata.producerEpoch + 1 ||
          (transit.producerEpoch === 0 && transit.producerId !== metadata.producerId)) &&
        transit.topicPartitions.length === 0 &&
        transit.startTimestampMs === NO_TIMESTAMP
      );
    case 'Ongoing':
      return (
        hasSameIdentity(metadata, transit) &&
        metadata.topicPartitions.every((partition) => transit.topicPartitions.includes(partition))
      );
    case 'PrepareCommit':
    case 'PrepareAbort':
      return isLawfulPrepare(metadata, transit);
    case 'CompleteCommit':
    case 'CompleteAbort':
      return isLawfulComplete(metadata, transit);
    case 'Dead':
    case 'PrepareEpochFence':
      return false;
  }
}

function hasSameIdentity(metadata: TransactionMetadata, transit: TransitMetadata): boolean {
  return (
    transit.producerId === metadata.producerId &&
    transit.producerEpoch === metadata.producerEpoch &&
    transit.transactionTimeoutMs === metadata.transactionTimeoutMs
  );
}

function isLawfulPrepare(metadata: TransactionMetadata, transit: TransitMetadata): boolean {
  const identity =
    transit.clientTransactionVersion >= 2
      ? transit.lastProducerEpoch === metadata.producerEpoch &&
        transit.producerId === metadata.producerId &&
        transit.transactionTimeoutMs === metadata.transactionTimeoutMs
      : hasSameIdentity(metadata, transit);
  const isEmptyAbort = transit.clientTransactionVersion >= 2 && metadata.state !== 'Ongoing';
  return (
    identity &&
    transit.topicPartitions === metadata.topicPartitions &&
    (transit.startTimestampMs === metadata.startTimestampMs || isEmptyAbort)
  );
}

function isLawfulComplete(metadata: TransactionMetadata, transit: TransitMetadata): boolean {
  const identity =
    transit.clientTransactionVersion >= 2 && transit.producerEpoch === 0
      ? transit.lastProducerEpoch === metadata.lastProducerEpoch &&
        transit.previousProducerId === metadata.producerId &&
        transit.transactionTimeoutMs === metadata.transactionTimeoutMs
      : hasSameIdentity(metadata, transit);
  return identity && transit.startTimestampMs !== NO_TIMESTAMP;
}
