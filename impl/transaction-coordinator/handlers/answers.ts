/** Shapes of answers that several handlers share. */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { ProducerIdentity } from '../../../protocol/ids.ts';
import { NO_IDENTITY } from '../../../protocol/ids.ts';

export interface IdentityAnswer extends ProducerIdentity {
  readonly errorCode: ErrorCode;
}

/** An answer without an identity, which is every error's. */
export function withoutIdentity(errorCode: ErrorCode): IdentityAnswer {
  return { errorCode, ...NO_IDENTITY };
}

/** Clients that do not know PRODUCER_FENCED get the code it replaced (KafkaApis, KIP-588). */
export function forClient(
  errorCode: ErrorCode,
  apiVersion: number,
  firstWithFenced: number,
): ErrorCode {
  return errorCode === 'PRODUCER_FENCED' && apiVersion < firstWithFenced
    ? 'INVALID_PRODUCER_EPOCH'
    : errorCode;
}
