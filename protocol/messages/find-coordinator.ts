/** FindCoordinator (key 10): where a group's or a transactional id's coordinator lives. */

import type { ErrorCode } from '../error-codes.ts';
import type { BrokerId } from '../ids.ts';

export interface FindCoordinatorRequest {
  readonly keyType: 'GROUP' | 'TRANSACTION';
  readonly key: string;
}

export interface FindCoordinatorResponse {
  readonly errorCode: ErrorCode;
  /** -1 with an error. */
  readonly nodeId: BrokerId;
}
