/** Answers that a broker gives by itself, because the coordinator they need is not on it. */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_IDENTITY, NO_OFFSET } from '../../protocol/ids.ts';
import type { AddPartitionsToTxnRequest } from '../../protocol/messages/add-partitions-to-txn.ts';
import type { JoinGroupRequest } from '../../protocol/messages/join-group.ts';
import type { OffsetFetchRequest } from '../../protocol/messages/offset-fetch.ts';
import type { Request, Response, ResponseOf } from '../../protocol/messages/rpc.ts';

/** The requests that a transaction coordinator answers. */
export type CoordinatorRequest = Extract<
  Request,
  { readonly api: 'InitProducerId' | 'AddPartitionsToTxn' | 'AddOffsetsToTxn' | 'EndTxn' }
>;

export type GroupApi =
  | 'OffsetCommit'
  | 'OffsetFetch'
  | 'JoinGroup'
  | 'Heartbeat'
  | 'LeaveGroup'
  | 'SyncGroup'
  | 'TxnOffsetCommit';
/** The requests that a group coordinator answers. */
export type GroupRequest = Extract<Request, { readonly api: GroupApi }>;

export function withoutTransactionCoordinator(request: CoordinatorRequest): Response {
  const errorCode: ErrorCode = 'NOT_COORDINATOR';
  switch (request.api) {
    case 'InitProducerId':
    case 'EndTxn':
      return { errorCode, ...NO_IDENTITY };
    case 'AddOffsetsToTxn':
      return { errorCode };
    case 'AddPartitionsToTxn':
      return refusedAdd(request.body, errorCode);
  }
}

/** AddPartitionsToTxnRequest.getErrorResponse: the code stands at every partition. */
function refusedAdd(
  request: AddPartitionsToTxnRequest,
  errorCode: ErrorCode,
): ResponseOf<'AddPartitionsToTxn'> {
  return {
    errorCode: 'NONE',
    results: request.transactions.map(({ transactionalId, partitions }) => ({
      transactionalId,
      partitions: partitions.map((partition) => ({ partition, errorCode })),
    })),
  };
}

export function withoutGroupCoordinator(request: GroupRequest): Response {
  const errorCode: ErrorCode = 'COORDINATOR_NOT_AVAILABLE';
  switch (request.api) {
    case 'OffsetFetch':
      return refusedOffsetFetch(request.body, errorCode);
    case 'OffsetCommit':
    case 'TxnOffsetCommit':
      return {
        partitions: request.body.offsets.map(({ partition }) => ({ partition, errorCode })),
      };
    case 'JoinGroup':
      return refusedJoin(request.body, errorCode);
    case 'SyncGroup':
      return { errorCode, assignment: '' };
    case 'Heartbeat':
      return { errorCode };
    case 'LeaveGroup':
      return { errorCode, members: [] };
  }
}

/** JoinGroupRequest.getErrorResponse. */
function refusedJoin(
  { memberId }: JoinGroupRequest,
  errorCode: ErrorCode,
): ResponseOf<'JoinGroup'> {
  return { errorCode, generationId: -1, protocolName: null, leader: '', memberId, members: [] };
}

function refusedOffsetFetch(
  request: OffsetFetchRequest,
  errorCode: ErrorCode,
): ResponseOf<'OffsetFetch'> {
  return {
    errorCode,
    partitions: request.partitions.map((partition) => ({
      partition,
      committedOffset: NO_OFFSET,
      committedLeaderEpoch: -1,
      committedMetadata: null,
      errorCode,
    })),
  };
}
