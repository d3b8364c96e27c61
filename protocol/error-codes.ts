/**
 * Kafka's error codes that transactions, produce, fetch and offsets can meet (Errors.java), by their published
 * names. `retriable` is Kafka's own class hierarchy: whether the client's exception is a RetriableException.
 */

export interface ErrorCodeEntry {
  readonly code: number;
  readonly retriable: boolean;
}

const R = true;
const F = false;

export const ERROR_CODES = {
  UNKNOWN_SERVER_ERROR: { code: -1, retriable: F },
  NONE: { code: 0, retriable: F },
  OFFSET_OUT_OF_RANGE: { code: 1, retriable: F },
  CORRUPT_MESSAGE: { code: 2, retriable: R },
  UNKNOWN_TOPIC_OR_PARTITION: { code: 3, retriable: R },
  NOT_LEADER_OR_FOLLOWER: { code: 6, retriable: R },
  REQUEST_TIMED_OUT: { code: 7, retriable: R },
  MESSAGE_TOO_LARGE: { code: 10, retriable: F },
  OFFSET_METADATA_TOO_LARGE: { code: 12, retriable: F },
  NETWORK_EXCEPTION: { code: 13, retriable: R },
  COORDINATOR_LOAD_IN_PROGRESS: { code: 14, retriable: R },
  COORDINATOR_NOT_AVAILABLE: { code: 15, retriable: R },
  NOT_COORDINATOR: { code: 16, retriable: R },
  INVALID_TOPIC_EXCEPTION: { code: 17, retriable: F },
  RECORD_LIST_TOO_LARGE: { code: 18, retriable: F },
  NOT_ENOUGH_REPLICAS: { code: 19, retriable: R },
  NOT_ENOUGH_REPLICAS_AFTER_APPEND: { code: 20, retriable: R },
  INVALID_REQUIRED_ACKS: { code: 21, retriable: F },
  ILLEGAL_GENERATION: { code: 22, retriable: F },
  INCONSISTENT_GROUP_PROTOCOL: { code: 23, retriable: F },
  INVALID_GROUP_ID: { code: 24, retriable: F },
  UNKNOWN_MEMBER_ID: { code: 25, retriable: F },
  INVALID_SESSION_TIMEOUT: { code: 26, retriable: F },
  REBALANCE_IN_PROGRESS: { code: 27, retriable: F },
  TOPIC_AUTHORIZATION_FAILED: { code: 29, retriable: F },
  GROUP_AUTHORIZATION_FAILED: { code: 30, retriable: F },
  CLUSTER_AUTHORIZATION_FAILED: { code: 31, retriable: F },
  UNSUPPORTED_VERSION: { code: 35, retriable: F },
  INVALID_REQUEST: { code: 42, retriable: F },
  UNSUPPORTED_FOR_MESSAGE_FORMAT: { code: 43, retriable: F },
  OUT_OF_ORDER_SEQUENCE_NUMBER: { code: 45, retriable: F },
  DUPLICATE_SEQUENCE_NUMBER: { code: 46, retriable: F },
  INVALID_PRODUCER_EPOCH: { code: 47, retriable: F },
  INVALID_TXN_STATE: { code: 48, retriable: F },
  INVALID_PRODUCER_ID_MAPPING: { code: 49, retriable: F },
  INVALID_TRANSACTION_TIMEOUT: { code: 50, retriable: F },
  CONCURRENT_TRANSACTIONS: { code: 51, retriable: R },
  TRANSACTION_COORDINATOR_FENCED: { code: 52, retriable: F },
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: { code: 53, retriable: F },
  OPERATION_NOT_ATTEMPTED: { code: 55, retriable: F },
  KAFKA_STORAGE_ERROR: { code: 56, retriable: R },
  SASL_AUTHENTICATION_FAILED: { code: 58, retriable: F },
  UNKNOWN_PRODUCER_ID: { code: 59, retriable: F },
  GROUP_ID_NOT_FOUND: { code: 69, retriable: F },
  FENCED_LEADER_EPOCH: { code: 74, retriable: R },
  UNKNOWN_LEADER_EPOCH: { code: 75, retriable: R },
  STALE_BROKER_EPOCH: { code: 77, retriable: F },
  OFFSET_NOT_AVAILABLE: { code: 78, retriable: R },
  MEMBER_ID_REQUIRED: { code: 79, retriable: F },
  GROUP_MAX_SIZE_REACHED: { code: 81, retriable: F },
  FENCED_INSTANCE_ID: { code: 82, retriable: F },
  INVALID_RECORD: { code: 87, retriable: F },
  UNSTABLE_OFFSET_COMMIT: { code: 88, retriable: R },
  PRODUCER_FENCED: { code: 90, retriable: F },
  UNKNOWN_TOPIC_ID: { code: 100, retriable: R },
  TRANSACTIONAL_ID_NOT_FOUND: { code: 105, retriable: F },
  FENCED_MEMBER_EPOCH: { code: 110, retriable: F },
  STALE_MEMBER_EPOCH: { code: 113, retriable: F },
  TRANSACTION_ABORTABLE: { code: 120, retriable: F },
  INVALID_REGULAR_EXPRESSION: { code: 128, retriable: F },
  REBOOTSTRAP_REQUIRED: { code: 129, retriable: F },
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;
