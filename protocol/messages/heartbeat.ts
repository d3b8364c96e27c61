/** Heartbeat (key 12): a member is alive; the answer tells it to rejoin when the group rebalances. */

import type { ErrorCode } from '../error-codes.ts';

export interface HeartbeatRequest {
  readonly groupId: string;
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export interface HeartbeatResponse {
  readonly errorCode: ErrorCode;
}
