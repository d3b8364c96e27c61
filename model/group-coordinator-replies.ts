/** What a group coordinator says and appends: each function is the params of an output. */

import type { ErrorCode } from '../protocol/error-codes.ts';
import { NO_OFFSET, NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../protocol/ids.ts';
import { OWN_PARTITION, partitionRequest } from './append-rules.ts';
import { addsPartition, commitOf, refusal, verdict } from './group-coordinator-guards.ts';
import type {
  GroupEvent,
  GroupResponse,
  GroupStep,
  RequestName,
} from './group-coordinator-state.ts';
import { labelled } from './labelled.ts';
import type {
  AddPartitionsToTxnRequest,
  OffsetFetchResponse,
  WriteTxnMarkersResponse,
} from './messages.ts';
import type { GroupEntry, GroupLogEntry } from './offsets-log.ts';

/** How a message leaves: to the transaction coordinator on behalf of a request, or as the request's answer. */
export type GroupSend =
  | {
      readonly to: 'coordinator';
      readonly request: RequestName;
      readonly message: AddPartitionsToTxnRequest;
    }
  | {
      readonly to: 'requester';
      readonly request: RequestName;
      readonly message: GroupResponse;
    };

type Reply = (step: GroupStep) => GroupSend;

function reply(request: RequestName, message: GroupResponse): GroupSend {
  return { to: 'requester', request, message };
}

export const askCoordinator: Reply = (step) => {
  const commit = commitOf(step)!;
  const verifyOnly = addsPartition(commit.apiVersion) ? 0 : 1;
  const message = partitionRequest(commit, verifyOnly);
  return { to: 'coordinator', request: commit.request, message };
};

/** CoordinatorOperationExceptionHelper.handleOperationException: what of a log's or a peer's error a client may hear. */
const TRANSLATED: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  NETWORK_EXCEPTION: 'COORDINATOR_LOAD_IN_PROGRESS',
  UNKNOWN_TOPIC_OR_PARTITION: 'COORDINATOR_NOT_AVAILABLE',
  NOT_ENOUGH_REPLICAS: 'COORDINATOR_NOT_AVAILABLE',
  REQUEST_TIMED_OUT: 'COORDINATOR_NOT_AVAILABLE',
  NOT_LEADER_OR_FOLLOWER: 'NOT_COORDINATOR',
  KAFKA_STORAGE_ERROR: 'NOT_COORDINATOR',
  MESSAGE_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
  RECORD_LIST_TOO_LARGE: 'UNKNOWN_SERVER_ERROR',
};

function translated(errorCode: ErrorCode): ErrorCode {
  return TRANSLATED[errorCode] ?? errorCode;
}

/** KafkaApis.handleTxnOffsetCommitRequest: clients below version 2 would not survive COORDINATOR_LOAD_IN_PROGRESS (KAFKA-7296). */
function legible(errorCode: ErrorCode, apiVersion: number): ErrorCode {
  return apiVersion < 2 && errorCode === 'COORDINATOR_LOAD_IN_PROGRESS'
    ? 'COORDINATOR_NOT_AVAILABLE'
    : errorCode;
}

function commitRefused(step: GroupStep, errorCode: ErrorCode): GroupSend {
  const { request, apiVersion } = commitOf(step)!;
  return reply(request, {
    type: 'TxnOffsetCommitResponse',
    errorCode: legible(errorCode, apiVersion),
  });
}

/** Answers the commit of the step, of either kind. */
export function refuseCommit(errorCode: ErrorCode): Reply {
  return labelled(errorCode, (step: GroupStep) =>
    step.event.type === 'OffsetCommitRequest'
      ? reply(step.event.request, { type: 'OffsetCommitResponse', errorCode })
      : commitRefused(step, errorCode),
  );
}

/** Answers a commit that the transaction coordinator refused. */
export const refuseUnverified: Reply = (step) => {
  const { apiVersion } = commitOf(step)!;
  return commitRefused(step, translated(refusal(apiVersion, verdict(step.event))));
};

type FetchEvent = Extract<GroupEvent, { type: 'OffsetFetchRequest' }>;

/** OffsetMetadataManager.fetchOffsets: a stable fetch reads all of the log, another what of it is replicated. */
export function fetched({ requireStable, view }: FetchEvent): OffsetFetchResponse {
  if (requireStable === 0) return offset(view.replicatedCommittedOffset);
  return view.pending === 1
    ? {
        type: 'OffsetFetchResponse',
        errorCode: 'UNSTABLE_OFFSET_COMMIT',
        committedOffset: NO_OFFSET,
      }
    : offset(view.committedOffset);
}

function offset(committedOffset: number): OffsetFetchResponse {
  return { type: 'OffsetFetchResponse', errorCode: 'NONE', committedOffset };
}

export const answerFetch: Reply = ({ event }) => {
  const fetch = event as FetchEvent;
  return reply(fetch.request, fetched(fetch));
};

export function refuseFetch(errorCode: ErrorCode): Reply {
  return labelled(errorCode, ({ event }: GroupStep) =>
    reply((event as FetchEvent).request, {
      type: 'OffsetFetchResponse',
      errorCode,
      committedOffset: NO_OFFSET,
    }),
  );
}

type MarkerEvent = Extract<GroupEvent, { type: 'WriteTxnMarkersRequest' }>;

export function markerAnswer(
  { producerId, producerEpoch, coordinatorEpoch }: MarkerEvent,
  errorCode: ErrorCode,
): WriteTxnMarkersResponse {
  const identity = { producerId, producerEpoch, coordinatorEpoch };
  return { type: 'WriteTxnMarkersResponse', ...identity, errorCode, partitions: OWN_PARTITION };
}

export function refuseMarker(errorCode: ErrorCode): Reply {
  return labelled(errorCode, ({ event }: GroupStep) => {
    const marker = event as MarkerEvent;
    return reply(marker.request, markerAnswer(marker, errorCode));
  });
}

export const answerDue: Reply = ({ context }) => {
  const { request, message } = context.waiting.find(({ ahead }) => ahead === 0)!;
  return reply(request, message);
};

/**
 * A write that was begun and cannot be vouched for: it is in the log all the same. A marker's sender is told so in the
 * leaders' language (KafkaApis.handleWriteTxnMarkersRequest), a fetch must look for another coordinator whatever it is
 * (GroupCoordinatorService.handleOffsetFetchException).
 */
function failed(message: GroupResponse, errorCode: 'NOT_COORDINATOR' | 'REQUEST_TIMED_OUT') {
  switch (message.type) {
    case 'WriteTxnMarkersResponse':
      return {
        ...message,
        errorCode: errorCode === 'NOT_COORDINATOR' ? 'NOT_LEADER_OR_FOLLOWER' : errorCode,
      } as const;
    case 'OffsetFetchResponse':
      return { ...message, errorCode: 'NOT_COORDINATOR', committedOffset: NO_OFFSET } as const;
    case 'TxnOffsetCommitResponse':
    case 'OffsetCommitResponse':
      return { ...message, errorCode: translated(errorCode) };
  }
}

export const answerResigned: Reply = ({ context }) => {
  const { request, message } = context.waiting[0]!;
  return reply(request, failed(message, 'NOT_COORDINATOR'));
};

export const answerTimedOut: Reply = ({ context, event }) => {
  const { request } = event as Extract<GroupEvent, { type: 'WriteTimedOut' }>;
  const { message } = context.waiting.find((waiting) => waiting.request === request)!;
  return reply(request, failed(message, 'REQUEST_TIMED_OUT'));
};

/** OffsetMetadataManager.commitTransactionalOffset, commitOffset: one batch for the request. */
export function appendedOffsets(step: GroupStep): GroupLogEntry {
  const { event } = step;
  if (event.type === 'OffsetCommitRequest') {
    const { offsets } = event;
    const producer = { producerId: NO_PRODUCER_ID, producerEpoch: NO_PRODUCER_EPOCH };
    return { kind: 'offsets', ...producer, offsets };
  }
  const { producerId, producerEpoch, offsets } = commitOf(step)!;
  return { kind: 'offsets', producerId, producerEpoch, offsets };
}

/** CoordinatorRuntime.completeTransaction: the marker is written whether or not it decides anything. */
export function appendedMarker({ event }: GroupStep): GroupLogEntry {
  const { producerId, producerEpoch, coordinatorEpoch, result } = event as MarkerEvent;
  return { kind: 'marker', producerId, producerEpoch, coordinatorEpoch, result };
}

/** GroupCoordinatorRecordHelpers.newGroupMetadataRecord. */
export function appendedGroup({ context: { generationId, members } }: GroupStep): GroupEntry {
  return { kind: 'group', generationId, members };
}

/** GroupMetadataManager.cleanupExpiredOffsets, cleanupGroupMetadata: tombstones of offsets and of the group. */
export function appendedTombstones({ event }: GroupStep): GroupLogEntry {
  const { offsets, removesGroup } = event as Extract<GroupEvent, { type: 'OffsetsExpired' }>;
  return { kind: 'tombstones', offsets, removesGroup };
}
