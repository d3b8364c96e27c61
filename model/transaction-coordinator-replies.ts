/**
 * What a coordinator sends, as params of the action `send`: answers to whom just asked (`requester`) and to whom
 * waited for the log (`waiter`), and markers to partition leaders.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import { NO_IDENTITY } from '../protocol/ids.ts';
import type { TransactionResult } from '../protocol/states.ts';
import type {
  CoordinatorResponse,
  PartitionSet,
  Send,
  WriteTxnMarkersRequest,
} from './messages.ts';
import { NO_PARTITIONS } from './messages.ts';
import type {
  CoordinatorContext,
  CoordinatorEvent,
  CoordinatorStep,
} from './transaction-coordinator-state.ts';
import { translatedAppendError } from './transaction-coordinator-transitions.ts';

export type CoordinatorSend = Send<CoordinatorResponse | WriteTxnMarkersRequest>;

type Reply = (step: CoordinatorStep) => CoordinatorSend;

/** KafkaApis: clients of older versions do not know PRODUCER_FENCED (InitProducerId from 4 on, the others from 2). */
function knownToSender(event: CoordinatorEvent, errorCode: ErrorCode): ErrorCode {
  if (errorCode !== 'PRODUCER_FENCED' || !('apiVersion' in event)) return errorCode;
  const since = event.type === 'InitProducerIdRequest' ? 4 : 2;
  return event.apiVersion < since ? 'INVALID_PRODUCER_EPOCH' : errorCode;
}

function failure(api: CoordinatorContext['waiter'], errorCode: ErrorCode): CoordinatorResponse {
  switch (api) {
    case 'InitProducerId':
      return { type: 'InitProducerIdResponse', errorCode, ...NO_IDENTITY };
    case 'AddPartitionsToTxn':
      return added(errorCode, 0);
    case 'AddOffsetsToTxn':
      return { type: 'AddOffsetsToTxnResponse', errorCode };
    case 'EndTxn':
    case 'Nobody':
      return { type: 'EndTxnResponse', errorCode, ...NO_IDENTITY };
  }
}

function added(
  errorCode: ErrorCode,
  verifyOnly: 0 | 1,
  abortable = NO_PARTITIONS,
): CoordinatorResponse {
  return { type: 'AddPartitionsToTxnResponse', verifyOnly, errorCode, abortable };
}

/** Answers the request being handled with an error and no identity; NONE of a TV1 end or an add is such an answer too. */
export function reply(errorCode: ErrorCode): Reply {
  return ({ event }) => {
    const known = knownToSender(event, errorCode);
    if (event.type === 'AddPartitionsToTxnRequest') {
      return { to: 'requester', message: added(known, event.verifyOnly) };
    }
    const api = event.type.replace(/Request$/, '') as CoordinatorContext['waiter'];
    return { to: 'requester', message: failure(api, known) };
  };
}

/** TransactionCoordinator.handleVerifyPartitionsInTransaction: each partition that is not in the transaction is abortable. */
export const replyVerification: Reply = ({ context, event }) => {
  const asked: PartitionSet =
    event.type === 'AddPartitionsToTxnRequest' ? event.partitions : NO_PARTITIONS;
  return { to: 'requester', message: added('NONE', 1, asked & ~context.partitions) };
};

/** endTransaction under TV2, a retry: the identity that the client did not hear of. */
export const replyCurrentIdentity: Reply = ({ context }) => ({
  to: 'requester',
  message: {
    type: 'EndTxnResponse',
    errorCode: 'NONE',
    producerId: context.producerId,
    producerEpoch: context.producerEpoch,
  },
});

/** The append of InitProducerId is replicated. */
export const replyInitialised: Reply = ({ context }) => ({
  to: 'waiter',
  message: {
    type: 'InitProducerIdResponse',
    errorCode: 'NONE',
    producerId: context.pendingProducerId,
    producerEpoch: context.pendingProducerEpoch,
  },
});

/** The append of an add is replicated. */
export const replyAdded: Reply = ({ context }) => ({
  to: 'waiter',
  message: failure(context.waiter, 'NONE'),
});

/**
 * The decision is replicated: the client need not wait for markers (KIP-98). Under TV2 it hears the identity of the
 * completed transition, which is still pending (KIP-890).
 */
export const replyEnded: Reply = ({ context }) => ({
  to: 'waiter',
  message:
    context.pendingClientTransactionVersion < 2
      ? failure('EndTxn', 'NONE')
      : {
          type: 'EndTxnResponse',
          errorCode: 'NONE',
          producerId: context.pendingProducerId,
          producerEpoch: context.pendingProducerEpoch,
        },
});

/** handleInitProducerId aborted the open transaction; the client comes again for its epoch. */
export const replyFenced: CoordinatorSend = {
  to: 'waiter',
  message: failure('InitProducerId', 'CONCURRENT_TRANSACTIONS'),
};

/** Answers the waiting request with an error. */
export function replyWaiter(errorCode: ErrorCode): Reply {
  return ({ context }) => ({ to: 'waiter', message: failure(context.waiter, errorCode) });
}

export const replyAppendFailed: Reply = (step) =>
  replyWaiter(
    step.event.type === 'TransactionLogAppendFailed'
      ? translatedAppendError(step.event.errorCode)
      : 'UNKNOWN_SERVER_ERROR',
  )(step);

function marker(
  context: CoordinatorContext,
  result: TransactionResult,
  partitions: PartitionSet,
): CoordinatorSend {
  return {
    to: 'leaders',
    message: {
      type: 'WriteTxnMarkersRequest',
      producerId: context.producerId,
      producerEpoch: context.producerEpoch,
      result,
      coordinatorEpoch: context.coordinatorEpoch,
      transactionVersion: context.clientTransactionVersion,
      partitions,
    },
  };
}

/** TransactionMarkerChannelManager.addTxnMarkersToSend: identity of the Prepare* state, version of its client (KIP-1228). */
export function markers(result: TransactionResult): Reply {
  return ({ context }) => marker(context, result, context.partitions);
}

/** The same for the partitions of one answer. */
export function markersAgain(result: TransactionResult): Reply {
  return ({ context, event }) =>
    marker(
      context,
      result,
      event.type === 'WriteTxnMarkersResponse' ? event.partitions : NO_PARTITIONS,
    );
}
