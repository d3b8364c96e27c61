/**
 * What a producer does about each error of each answer: the tables of TransactionManager.java (its request
 * handlers), Sender.java and the exception classes, as data. A code that a table does not list is retried if
 * Kafka calls it retriable and else takes the table's last resort.
 */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';

/**
 * - `lookup`: find the coordinator again, then retry.
 * - `abortable-if-possible`: abortable when the epoch can be bumped afterwards, else fatal.
 * - `fenced`: fatal, as ProducerFencedException whatever the code was.
 * - `uninitialize`: everything pending fails and initTransactions may be called again.
 */
export type RequestErrorAction =
  | 'lookup'
  | 'retry'
  | 'abortable'
  | 'abortable-if-possible'
  | 'fatal'
  | 'fenced'
  | 'uninitialize';

interface RequestErrors {
  readonly listed: Readonly<Partial<Record<ErrorCode, RequestErrorAction>>>;
  /** For codes that are neither listed nor retriable. */
  readonly otherwise: RequestErrorAction;
}

const COORDINATOR_MOVED = {
  COORDINATOR_NOT_AVAILABLE: 'lookup',
  NOT_COORDINATOR: 'lookup',
} as const;

const FENCED = { INVALID_PRODUCER_EPOCH: 'fenced', PRODUCER_FENCED: 'fenced' } as const;

const END_TXN = {
  ...COORDINATOR_MOVED,
  ...FENCED,
  INVALID_PRODUCER_ID_MAPPING: 'fatal',
  INVALID_TXN_STATE: 'fatal',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'fatal',
  UNKNOWN_PRODUCER_ID: 'abortable-if-possible',
} as const;

/** Requests to the coordinators, and their lookup. Committing and aborting differ in one cell. */
export const REQUEST_ERRORS = {
  FindCoordinator: {
    listed: {
      TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'fatal',
      GROUP_AUTHORIZATION_FAILED: 'abortable',
      TRANSACTION_ABORTABLE: 'abortable',
    },
    otherwise: 'fatal',
  },
  InitProducerId: {
    listed: {
      ...COORDINATOR_MOVED,
      ...FENCED,
      TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'uninitialize',
      CLUSTER_AUTHORIZATION_FAILED: 'uninitialize',
      TRANSACTION_ABORTABLE: 'abortable',
    },
    otherwise: 'fatal',
  },
  AddPartitionsToTxn: {
    listed: {
      ...COORDINATOR_MOVED,
      ...FENCED,
      INVALID_PRODUCER_ID_MAPPING: 'fatal',
      INVALID_TXN_STATE: 'fatal',
      TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'fatal',
      TOPIC_AUTHORIZATION_FAILED: 'abortable',
      OPERATION_NOT_ATTEMPTED: 'abortable',
      UNKNOWN_PRODUCER_ID: 'abortable-if-possible',
      TRANSACTION_ABORTABLE: 'abortable',
    },
    otherwise: 'abortable',
  },
  AddOffsetsToTxn: {
    listed: {
      ...COORDINATOR_MOVED,
      ...FENCED,
      INVALID_PRODUCER_ID_MAPPING: 'fatal',
      INVALID_TXN_STATE: 'fatal',
      TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'fatal',
      GROUP_AUTHORIZATION_FAILED: 'abortable',
      UNKNOWN_PRODUCER_ID: 'abortable-if-possible',
      TRANSACTION_ABORTABLE: 'abortable',
    },
    otherwise: 'fatal',
  },
  TxnOffsetCommit: {
    listed: {
      ...COORDINATOR_MOVED,
      ...FENCED,
      REQUEST_TIMED_OUT: 'lookup',
      TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'fatal',
      GROUP_AUTHORIZATION_FAILED: 'abortable',
      TRANSACTION_ABORTABLE: 'abortable',
      ILLEGAL_GENERATION: 'abortable',
      UNKNOWN_MEMBER_ID: 'abortable',
      GROUP_ID_NOT_FOUND: 'abortable',
      STALE_MEMBER_EPOCH: 'abortable',
      FENCED_INSTANCE_ID: 'abortable',
      UNSUPPORTED_FOR_MESSAGE_FORMAT: 'fatal',
    },
    otherwise: 'fatal',
  },
  EndTxnCommit: {
    listed: { ...END_TXN, TRANSACTION_ABORTABLE: 'abortable' },
    otherwise: 'fatal',
  },
  EndTxnAbort: {
    listed: { ...END_TXN, TRANSACTION_ABORTABLE: 'fatal' },
    otherwise: 'fatal',
  },
} as const satisfies Record<string, RequestErrors>;

export type RequestErrorTable = keyof typeof REQUEST_ERRORS;

export function requestErrorAction(table: RequestErrorTable, code: ErrorCode): RequestErrorAction {
  const errors: RequestErrors = REQUEST_ERRORS[table];
  return errors.listed[code] ?? (ERROR_CODES[code].retriable ? 'retry' : errors.otherwise);
}

/** Fatal for any idempotent producer when a batch fails with it (TransactionManager.maybeTransitionToErrorState). */
export const FATAL_PRODUCE_ERRORS: readonly ErrorCode[] = [
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'PRODUCER_FENCED',
  'UNSUPPORTED_VERSION',
  'INVALID_PRODUCER_ID_MAPPING',
];

/**
 * Answers after which the request may have taken effect all the same: the append may have happened, or be
 * replayed by the next leader (KAFKA-13574 for NOT_LEADER_OR_FOLLOWER; a coordinator whose append timed out
 * answers COORDINATOR_NOT_AVAILABLE, TransactionStateManager.appendTransactionToLog).
 */
export const AMBIGUOUS_ERRORS: readonly ErrorCode[] = [
  'UNKNOWN_SERVER_ERROR',
  'NETWORK_EXCEPTION',
  'REQUEST_TIMED_OUT',
  'NOT_LEADER_OR_FOLLOWER',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'KAFKA_STORAGE_ERROR',
  'COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR',
];
