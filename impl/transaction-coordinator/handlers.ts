/**
 * What the coordinator does on each occasion, by name. A handler calls the next one through the coordinator's
 * record, so that a mutant can reorder or skip one step by replacing one entry.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerIdentity, TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import type { ApiName, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionResult } from '../../protocol/states.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { EndCause } from './decisions.ts';
import { addOffsetsToTxn } from './handlers/add-offsets-to-txn.ts';
import {
  addPartitions,
  addPartitionsToTxn,
  writeOngoing,
} from './handlers/add-partitions-to-txn.ts';
import { endTransaction, endTxn, prepareReplicated, writePrepared } from './handlers/end-txn.ts';
import { initProducerId } from './handlers/init-producer-id.ts';
import { abortTimedOut, loaded, removeExpired } from './handlers/occasions.ts';
import type { TransactionCoordinator } from './transaction-coordinator.ts';
import type { TransactionMetadata, TransitMetadata } from './transaction-metadata.ts';
import type { OwnedPartition } from './transaction-state-manager.ts';

export type Reply<Api extends ApiName> = (response: ResponseOf<Api>) => void;

type RequestHandler<Api extends ApiName> = (
  coordinator: TransactionCoordinator,
  request: RequestOf<Api>,
  reply: Reply<Api>,
) => void;

export interface Addition extends ProducerIdentity {
  readonly transactionalId: TransactionalId;
  readonly partitions: readonly TopicPartition[];
  readonly transactionVersion: TransactionVersion;
}

export interface End extends ProducerIdentity {
  readonly transactionalId: TransactionalId;
  readonly result: TransactionResult;
  readonly transactionVersion: TransactionVersion;
  readonly cause: EndCause;
}

/** A transition that is pending, before its record is replicated. */
export interface Pending {
  readonly owned: OwnedPartition;
  readonly metadata: TransactionMetadata;
  readonly transit: TransitMetadata;
}

export interface PendingEnd extends Pending {
  readonly cause: EndCause;
}

export interface CoordinatorHandlers {
  readonly initProducerId: RequestHandler<'InitProducerId'>;
  readonly addPartitionsToTxn: RequestHandler<'AddPartitionsToTxn'>;
  readonly addOffsetsToTxn: RequestHandler<'AddOffsetsToTxn'>;
  readonly endTxn: RequestHandler<'EndTxn'>;
  /** Adds partitions to one transaction, for whichever request asks. */
  readonly addPartitions: (
    coordinator: TransactionCoordinator,
    addition: Addition,
    done: (errorCode: ErrorCode) => void,
  ) => void;
  /** Logs the Ongoing record of an addition and answers when it is replicated. */
  readonly writeOngoing: (
    coordinator: TransactionCoordinator,
    pending: Pending,
    done: (errorCode: ErrorCode) => void,
  ) => void;
  /** Ends a transaction, for its client, a newer instance or the timeout. */
  readonly endTransaction: (
    coordinator: TransactionCoordinator,
    end: End,
    done: Reply<'EndTxn'>,
  ) => void;
  /** Logs the Prepare* record, which is the decision. */
  readonly writePrepared: (
    coordinator: TransactionCoordinator,
    pending: PendingEnd,
    done: Reply<'EndTxn'>,
  ) => void;
  /** The decision is durable: answer, and tell the leaders. */
  readonly prepareReplicated: (
    coordinator: TransactionCoordinator,
    pending: PendingEnd,
    done: Reply<'EndTxn'>,
  ) => void;
  readonly abortTimedOut: (coordinator: TransactionCoordinator) => void;
  readonly removeExpired: (coordinator: TransactionCoordinator) => void;
  /** A term's partition has been read: resume what was prepared. */
  readonly loaded: (coordinator: TransactionCoordinator, owned: OwnedPartition) => void;
}

/** Kafka's way. */
export const HANDLERS: CoordinatorHandlers = {
  initProducerId,
  addPartitionsToTxn,
  addOffsetsToTxn,
  endTxn,
  addPartitions,
  writeOngoing,
  endTransaction,
  writePrepared,
  prepareReplicated,
  abortTimedOut,
  removeExpired,
  loaded,
};
