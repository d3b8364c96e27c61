/** A call that blocks until the coordinator has answered, at most max.block.ms (TransactionalRequestResult.java). */

import type { CallResult, Done } from './call-result.ts';

export type OperationName = 'initTransactions' | 'commitTransaction' | 'abortTransaction';

export interface Operation {
  readonly name: OperationName;
  result: CallResult | null;
  /** The application was told the result; until then only the same call may be made. */
  acknowledged: boolean;
  /** The caller that waits; null after max.block.ms. */
  done: Done | null;
  cancelTimeout: (() => void) | null;
}

export function newOperation(name: OperationName): Operation {
  return { name, result: null, acknowledged: false, done: null, cancelTimeout: null };
}
