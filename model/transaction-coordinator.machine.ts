/**
 * The transaction coordinator of one transactional id on one broker (TransactionCoordinator, TransactionStateManager,
 * TransactionMarkerChannelManager; KIP-98, KIP-360, KIP-890 parts 1 and 2, KIP-1228).
 *
 * A state is a published state of TransactionMetadata, or one of three that Kafka has without naming them: this broker
 * does not lead the log partition (NotCoordinator), loads it (Loading), or has loaded it and found nothing (Absent).
 * Dead and PrepareEpochFence are only ever pending. Each change has two steps, as in Kafka: prepared and appended,
 * then completed when the entry is replicated; between them most requests are refused.
 *
 * What is durable is in `append`ed entries alone. Outputs: `send` (answers, markers), `append`, `takeProducerId` (the
 * event's allocated id is used up), and `ignore` or `unexpected` for cells in which nothing happens or nothing can.
 *
 * Abstracted away: timestamps and timeout values (a timeout is an event), authorization and malformed requests, the
 * re-checks after an append that only Kafka's threads need, the time between an epoch fence and its abort, batching,
 * back-off before a retry, deleted partitions (their markers are never answered), two-phase commit (KIP-939), and the
 * refusal of TV2 requests at feature level 0.
 */

import {
  ABORT,
  ADD_OFFSETS,
  ADD_PARTITIONS,
  answer,
  APPEND,
  APPEND_FAILED,
  APPENDED,
  COMMIT,
  COMPLETION_FAILED,
  coordinatorSetup,
  DECIDED_ADD_OFFSETS,
  DECIDED_ADD_PARTITIONS,
  DECIDED_INITIALISE,
  EMPTY_ABORT,
  EXPIRE,
  FENCE,
  IGNORE,
  INITIALISE,
  LATE_MARKER,
  LEGACY_FENCE,
  markerAnswered,
  completed,
  refuseEverything,
  REFUSE_END,
  REFUSE_LEGACY_END,
  send,
  UNEXPECTED,
  VERIFIED_ADD,
  ADD_TO_OPEN,
  writeMarkers,
} from './transaction-coordinator-cells.ts';
import * as replies from './transaction-coordinator-replies.ts';
import type { CoordinatorScope } from './transaction-coordinator-state.ts';
import { initialContext, KAFKA_COORDINATOR_SCOPE } from './transaction-coordinator-state.ts';

/** Kafka's coordinator; `createTransactionCoordinator` gives the same chart other bounds. */
export const transactionCoordinator = coordinatorSetup.createMachine({
  id: 'transaction-coordinator',
  context: initialContext(KAFKA_COORDINATOR_SCOPE),
  options: { maxIterations: 10 },
  initial: 'NotCoordinator',
  // Whatever the state, a crash loses all that is not in the log, and so does giving up or taking over a partition.
  on: {
    CoordinatorCrashed: { target: '.NotCoordinator', actions: 'forgetEverything' },
    CoordinatorResigned: [
      {
        guard: 'someoneWaits',
        target: '.NotCoordinator',
        actions: [send(replies.replyWaiter('NOT_COORDINATOR')), 'forgetEverything'],
      },
      { target: '.NotCoordinator', actions: 'forgetEverything' },
    ],
    CoordinatorElected: [
      {
        guard: 'someoneWaits',
        target: '.Loading',
        actions: [send(replies.replyWaiter('COORDINATOR_LOAD_IN_PROGRESS')), 'forgetEverything'],
      },
      { target: '.Loading', actions: 'forgetEverything' },
    ],
  },
  states: {
    NotCoordinator: {
      on: { ...refuseEverything('NOT_COORDINATOR'), CoordinatorLoaded: IGNORE },
    },
    Loading: {
      on: {
        ...refuseEverything('COORDINATOR_LOAD_IN_PROGRESS'),
        CoordinatorLoaded: [
          {
            guard: { type: 'lastEntryIs', params: { state: 'Dead' } },
            target: 'Absent',
            actions: 'restoreMetadata',
          },
          {
            guard: { type: 'lastEntryIs', params: { state: 'Empty' } },
            target: 'Empty',
            actions: 'restoreMetadata',
          },
          {
            guard: { type: 'lastEntryIs', params: { state: 'Ongoing' } },
            target: 'Ongoing',
            actions: 'restoreMetadata',
          },
          {
            guard: { type: 'lastEntryIs', params: COMMIT },
            target: 'PrepareCommit',
            actions: [
              'restoreMetadata',
              { type: 'prepareComplete', params: { state: 'CompleteCommit' } },
            ],
          },
          {
            guard: { type: 'lastEntryIs', params: ABORT },
            target: 'PrepareAbort',
            actions: [
              'restoreMetadata',
              { type: 'prepareComplete', params: { state: 'CompleteAbort' } },
            ],
          },
          {
            guard: { type: 'lastEntryIs', params: { state: 'CompleteCommit' } },
            target: 'CompleteCommit',
            actions: 'restoreMetadata',
          },
          {
            guard: { type: 'lastEntryIs', params: { state: 'CompleteAbort' } },
            target: 'CompleteAbort',
            actions: 'restoreMetadata',
          },
          UNEXPECTED,
        ],
      },
    },
    Absent: {
      on: {
        InitProducerIdRequest: [
          { guard: 'noProducerIdIsReady', actions: answer('COORDINATOR_LOAD_IN_PROGRESS') },
          {
            target: 'Empty',
            actions: ['createMetadata', 'prepareNewInstance', 'takeProducerId', APPEND],
          },
        ],
        AddPartitionsToTxnRequest: { actions: answer('INVALID_PRODUCER_ID_MAPPING') },
        AddOffsetsToTxnRequest: { actions: answer('INVALID_PRODUCER_ID_MAPPING') },
        EndTxnRequest: { actions: answer('INVALID_PRODUCER_ID_MAPPING') },
        TransactionLogAppended: UNEXPECTED,
        TransactionLogAppendFailed: UNEXPECTED,
        WriteTxnMarkersResponse: LATE_MARKER,
        TransactionTimedOut: IGNORE,
        TransactionalIdExpired: IGNORE,
        CoordinatorLoaded: UNEXPECTED,
      },
    },
    Empty: {
      on: {
        InitProducerIdRequest: INITIALISE,
        AddPartitionsToTxnRequest: ADD_PARTITIONS,
        AddOffsetsToTxnRequest: ADD_OFFSETS,
        EndTxnRequest: [
          ...REFUSE_LEGACY_END,
          { guard: 'isLegacyEnd', actions: answer('INVALID_TXN_STATE') },
          ...REFUSE_END,
          { guard: 'hasOtherEpoch', actions: answer('PRODUCER_FENCED') },
          { guard: 'isCommit', actions: answer('INVALID_TXN_STATE') },
          ...EMPTY_ABORT,
        ],
        TransactionLogAppended: APPENDED,
        TransactionLogAppendFailed: APPEND_FAILED,
        WriteTxnMarkersResponse: LATE_MARKER,
        TransactionTimedOut: IGNORE,
        TransactionalIdExpired: EXPIRE,
        CoordinatorLoaded: UNEXPECTED,
      },
    },
    Ongoing: {
      on: {
        InitProducerIdRequest: [
          { guard: 'transitionIsPending', actions: answer('CONCURRENT_TRANSACTIONS') },
          { guard: 'producerIdIsFenced', actions: answer('PRODUCER_FENCED') },
          LEGACY_FENCE,
          { guard: 'endLacksProducerId', actions: answer('COORDINATOR_LOAD_IN_PROGRESS') },
          ...FENCE,
        ],
        AddPartitionsToTxnRequest: [...VERIFIED_ADD, ...ADD_TO_OPEN],
        AddOffsetsToTxnRequest: ADD_TO_OPEN,
        EndTxnRequest: [
          ...REFUSE_LEGACY_END,
          {
            guard: 'legacyCommit',
            actions: [{ type: 'prepareLegacyEnd', params: COMMIT }, APPEND],
          },
          { guard: 'isLegacyEnd', actions: [{ type: 'prepareLegacyEnd', params: ABORT }, APPEND] },
          ...REFUSE_END,
          { guard: 'hasOtherEpoch', actions: answer('PRODUCER_FENCED') },
          { guard: 'endLacksProducerId', actions: answer('COORDINATOR_LOAD_IN_PROGRESS') },
          { guard: 'commitOverflowsEpoch', ...UNEXPECTED },
          {
            guard: 'commitRotatesProducerId',
            actions: [{ type: 'prepareEnd', params: COMMIT }, 'takeProducerId', APPEND],
          },
          { guard: 'isCommit', actions: [{ type: 'prepareEnd', params: COMMIT }, APPEND] },
          ...FENCE,
        ],
        TransactionLogAppended: [
          {
            guard: { type: 'pendingIs', params: { state: 'Ongoing' } },
            actions: [send(replies.replyAdded), 'completeTransition'],
          },
          {
            guard: { type: 'pendingIs', params: COMMIT },
            target: 'PrepareCommit',
            actions: [
              'completeTransition',
              { type: 'prepareComplete', params: { state: 'CompleteCommit' } },
              send(replies.replyEnded),
            ],
          },
          {
            guard: { type: 'pendingFor', params: { ...ABORT, waiter: 'InitProducerId' } },
            target: 'PrepareAbort',
            actions: [
              send(replies.replyFenced),
              'completeTransition',
              { type: 'prepareComplete', params: { state: 'CompleteAbort' } },
            ],
          },
          {
            guard: { type: 'pendingFor', params: { ...ABORT, waiter: 'Nobody' } },
            target: 'PrepareAbort',
            actions: [
              'completeTransition',
              { type: 'prepareComplete', params: { state: 'CompleteAbort' } },
            ],
          },
          {
            guard: { type: 'pendingIs', params: ABORT },
            target: 'PrepareAbort',
            actions: [
              'completeTransition',
              { type: 'prepareComplete', params: { state: 'CompleteAbort' } },
              send(replies.replyEnded),
            ],
          },
          UNEXPECTED,
        ],
        TransactionLogAppendFailed: APPEND_FAILED,
        WriteTxnMarkersResponse: LATE_MARKER,
        TransactionTimedOut: [
          { guard: 'transitionIsPending', ...IGNORE },
          LEGACY_FENCE,
          { guard: 'endLacksProducerId', ...IGNORE },
          ...FENCE,
        ],
        TransactionalIdExpired: IGNORE,
        CoordinatorLoaded: UNEXPECTED,
      },
    },
    PrepareCommit: {
      always: writeMarkers('COMMIT'),
      on: {
        InitProducerIdRequest: DECIDED_INITIALISE,
        AddPartitionsToTxnRequest: DECIDED_ADD_PARTITIONS,
        AddOffsetsToTxnRequest: DECIDED_ADD_OFFSETS,
        EndTxnRequest: [
          ...REFUSE_LEGACY_END,
          { guard: 'legacyCommit', actions: answer('CONCURRENT_TRANSACTIONS') },
          { guard: 'isLegacyEnd', actions: answer('INVALID_TXN_STATE') },
          ...REFUSE_END,
          { guard: 'endIsNoRetryOfBump', actions: answer('PRODUCER_FENCED') },
          { guard: 'isCommit', actions: answer('CONCURRENT_TRANSACTIONS') },
          { actions: answer('INVALID_TXN_STATE') },
        ],
        TransactionLogAppended: completed('CompleteCommit'),
        TransactionLogAppendFailed: COMPLETION_FAILED,
        WriteTxnMarkersResponse: markerAnswered('COMMIT'),
        TransactionTimedOut: IGNORE,
        TransactionalIdExpired: IGNORE,
        CoordinatorLoaded: UNEXPECTED,
      },
    },
    PrepareAbort: {
      always: writeMarkers('ABORT'),
      on: {
        InitProducerIdRequest: DECIDED_INITIALISE,
        AddPartitionsToTxnRequest: DECIDED_ADD_PARTITIONS,
        AddOffsetsToTxnRequest: DECIDED_ADD_OFFSETS,
        EndTxnRequest: [
          ...REFUSE_LEGACY_END,
          { guard: 'legacyCommit', actions: answer('INVALID_TXN_STATE') },
          { guard: 'isLegacyEnd', actions: answer('CONCURRENT_TRANSACTIONS') },
          ...REFUSE_END,
          { guard: 'endIsNoRetryOfBump', actions: answer('PRODUCER_FENCED') },
          { guard: 'isCommit', actions: answer('INVALID_TXN_STATE') },
          { actions: answer('CONCURRENT_TRANSACTIONS') },
        ],
        TransactionLogAppended: completed('CompleteAbort'),
        TransactionLogAppendFailed: COMPLETION_FAILED,
        WriteTxnMarkersResponse: markerAnswered('ABORT'),
        TransactionTimedOut: IGNORE,
        TransactionalIdExpired: IGNORE,
        CoordinatorLoaded: UNEXPECTED,
      },
    },
    CompleteCommit: {
      on: {
        InitProducerIdRequest: INITIALISE,
        AddPartitionsToTxnRequest: ADD_PARTITIONS,
        AddOffsetsToTxnRequest: ADD_OFFSETS,
        EndTxnRequest: [
          ...REFUSE_LEGACY_END,
          { guard: 'legacyCommit', actions: answer('NONE') },
          { guard: 'isLegacyEnd', actions: answer('INVALID_TXN_STATE') },
          ...REFUSE_END,
          { guard: 'endIsNeitherRetryNorCurrent', actions: answer('PRODUCER_FENCED') },
          { guard: 'isRetriedCommit', actions: send(replies.replyCurrentIdentity) },
          { guard: 'isCommit', actions: answer('INVALID_TXN_STATE') },
          { guard: 'isRetriedAbort', actions: answer('INVALID_TXN_STATE') },
          ...EMPTY_ABORT,
        ],
        TransactionLogAppended: APPENDED,
        TransactionLogAppendFailed: APPEND_FAILED,
        WriteTxnMarkersResponse: LATE_MARKER,
        TransactionTimedOut: IGNORE,
        TransactionalIdExpired: EXPIRE,
        CoordinatorLoaded: UNEXPECTED,
      },
    },
    CompleteAbort: {
      on: {
        InitProducerIdRequest: INITIALISE,
        AddPartitionsToTxnRequest: ADD_PARTITIONS,
        AddOffsetsToTxnRequest: ADD_OFFSETS,
        EndTxnRequest: [
          ...REFUSE_LEGACY_END,
          { guard: 'legacyCommit', actions: answer('INVALID_TXN_STATE') },
          { guard: 'isLegacyEnd', actions: answer('NONE') },
          ...REFUSE_END,
          { guard: 'endIsNeitherRetryNorCurrent', actions: answer('PRODUCER_FENCED') },
          { guard: 'isCommit', actions: answer('INVALID_TXN_STATE') },
          { guard: 'isRetriedAbort', actions: send(replies.replyCurrentIdentity) },
          ...EMPTY_ABORT,
        ],
        TransactionLogAppended: APPENDED,
        TransactionLogAppendFailed: APPEND_FAILED,
        WriteTxnMarkersResponse: LATE_MARKER,
        TransactionTimedOut: IGNORE,
        TransactionalIdExpired: EXPIRE,
        CoordinatorLoaded: UNEXPECTED,
      },
    },
  },
});

/** The same chart within other bounds: scopes shrink `maxEpoch`, and each server transaction version is a machine of its own. */
export function createTransactionCoordinator(
  scope: CoordinatorScope,
): typeof transactionCoordinator {
  const config = { ...transactionCoordinator.config, context: initialContext(scope) };
  return coordinatorSetup.createMachine(
    config as never,
  ) as unknown as typeof transactionCoordinator;
}
