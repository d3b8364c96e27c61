/** What each request of a group coordinator is answered when it is refused as a whole. */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_OFFSET } from '../../protocol/ids.ts';
import type { LeaveGroupRequest, LeaveGroupResponse } from '../../protocol/messages/leave-group.ts';
import type { OffsetFetchResponse } from '../../protocol/messages/offset-fetch.ts';
import type { Request, Response } from '../../protocol/messages/rpc.ts';
import { refusedJoin } from './classic-group.ts';

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

export function refused(request: GroupRequest, errorCode: ErrorCode): Response {
  switch (request.api) {
    case 'OffsetFetch':
      return {
        errorCode,
        partitions: request.body.partitions.map((partition) => ({
          ...withoutOffset(partition),
          errorCode,
        })),
      };
    case 'OffsetCommit':
    case 'TxnOffsetCommit':
      return {
        partitions: request.body.offsets.map(({ partition }) => ({ partition, errorCode })),
      };
    case 'JoinGroup':
      return refusedJoin(errorCode, request.body.memberId);
    case 'SyncGroup':
      return { errorCode, assignment: '' };
    case 'Heartbeat':
      return { errorCode };
    case 'LeaveGroup':
      return refusedLeave(request.body, errorCode);
  }
}

/** An unknown group's members are unknown one by one (GroupCoordinatorService.leaveGroup). */
export function refusedLeave(request: LeaveGroupRequest, errorCode: ErrorCode): LeaveGroupResponse {
  return errorCode === 'UNKNOWN_MEMBER_ID'
    ? { errorCode: 'NONE', members: request.members.map((member) => ({ ...member, errorCode })) }
    : { errorCode, members: [] };
}

/** A partition of an OffsetFetch response that tells no offset (OffsetFetchResponse.INVALID_OFFSET, NO_METADATA). */
export function withoutOffset(
  partition: string,
): Omit<OffsetFetchResponse['partitions'][number], 'errorCode'> {
  return {
    partition,
    committedOffset: NO_OFFSET,
    committedLeaderEpoch: -1,
    committedMetadata: '',
  };
}
