/** JoinGroup (key 11): a consumer becomes or stays a member of a classic group; the answer starts a generation. */

import type { ErrorCode } from '../error-codes.ts';

export interface JoinGroupRequest {
  readonly groupId: string;
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** '' at the first join, which is answered MEMBER_ID_REQUIRED with an id to join with (KIP-394, v4+). */
  readonly memberId: string;
  /** Null: a dynamic member. */
  readonly groupInstanceId: string | null;
  readonly protocolType: string;
  /** Assignment protocols in order of preference; metadata is the subscription, opaque to the coordinator. */
  readonly protocols: readonly { readonly name: string; readonly metadata: string }[];
}

export interface JoinGroupResponse {
  readonly errorCode: ErrorCode;
  /** -1 with an error. */
  readonly generationId: number;
  readonly protocolName: string | null;
  /** Member id of the leader, who computes the assignment. */
  readonly leader: string;
  readonly memberId: string;
  /** For the leader; empty for the others. */
  readonly members: readonly {
    readonly memberId: string;
    readonly groupInstanceId: string | null;
    readonly metadata: string;
  }[];
}
