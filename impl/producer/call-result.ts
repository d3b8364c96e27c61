/** What an application is told: results are values, so that a history can record them as they are. */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { Offset } from '../../protocol/ids.ts';

/**
 * What the application may do next (KIP-1050, as the Java client has it).
 * - `retriable-timeout`: max.block.ms passed; the same call must be made again and waits for the same result.
 * - `abortable`: the transaction can only be aborted.
 * - `fatal`: the producer can only be closed.
 * - `record-failed`: this record of a producer without transactions failed; the producer goes on.
 * - `illegal-state`: the call is not allowed in this state and changed nothing.
 */
export type ClientErrorKind =
  | 'retriable-timeout'
  | 'abortable'
  | 'fatal'
  | 'record-failed'
  | 'illegal-state';

/** `failed`: certainly without effect. `unknown`: it may have had one, or may still get one. */
export type Outcome = 'failed' | 'unknown';

export interface ClientError {
  readonly kind: ClientErrorKind;
  /** Null when no broker's answer is the reason: a timeout of the client, a call in the wrong state. */
  readonly errorCode: ErrorCode | null;
  readonly message: string;
  readonly outcome: Outcome;
}

export type CallResult =
  | { readonly status: 'ok'; readonly offset?: Offset }
  | { readonly status: 'error'; readonly error: ClientError };

export type Done = (result: CallResult) => void;

export const OK: CallResult = { status: 'ok' };

export function illegalState(message: string): CallResult {
  return {
    status: 'error',
    error: { kind: 'illegal-state', errorCode: null, message, outcome: 'failed' },
  };
}

/** The same error as another call meets it, whose own outcome may be better or worse known. */
export function failure(error: ClientError, outcome: Outcome): CallResult {
  return {
    status: 'error',
    error: error.outcome === outcome ? error : { ...error, outcome },
  };
}
