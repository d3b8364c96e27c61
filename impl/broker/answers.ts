/** Answers that a broker gives by itself, because the transaction coordinator they need is not on it. */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_IDENTITY } from '../../protocol/ids.ts';
import type { AddPartitionsToTxnRequest } from '../../protocol/messages/add-partitions-to-txn.ts';
import type { DescribeTransactionsRequest } from '../../protocol/messages/describe-transactions.ts';
import type { Request, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import { notDescribed } from '../transaction-coordinator/handlers/describe-transactions.ts';

/** The requests that a transaction coordinator answers. */
export type CoordinatorRequest = Extract<
  Request,
  { readonly api: 'InitProducerId' | 'AddPartitionsToTxn' | 'AddOffsetsToTxn' | 'EndTxn' }
>;

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

export function describedNowhere({
  transactionalIds,
}: DescribeTransactionsRequest): ResponseOf<'DescribeTransactions'> {
  return { transactionStates: transactionalIds.map((id) => notDescribed(id, 'NOT_COORDINATOR')) };
}
