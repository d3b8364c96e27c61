/** SyncGroup (key 14): the leader hands in the assignment of a generation, every member receives its own. */

import type { ErrorCode } from '../error-codes.ts';

export interface SyncGroupRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
  /** Of the leader; empty from the others. An assignment is opaque to the coordinator. */
  readonly assignments: readonly { readonly memberId: string; readonly assignment: string }[];
}

export interface SyncGroupResponse {
  readonly errorCode: ErrorCode;
  readonly assignment: string;
}
