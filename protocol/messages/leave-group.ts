/** LeaveGroup (key 13): members leave a classic group, which rebalances without them. */

import type { ErrorCode } from '../error-codes.ts';

interface LeavingMember {
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export interface LeaveGroupRequest {
  readonly groupId: string;
  readonly members: readonly LeavingMember[];
}

export interface LeaveGroupResponse {
  readonly errorCode: ErrorCode;
  readonly members: readonly (LeavingMember & { readonly errorCode: ErrorCode })[];
}
