/** The feature `transaction.version` and what a request's own version says of its sender. */

/** 0 and 1: before KIP-890 part 2 (1 adds the flexible log value). 2: an epoch bump at every end. */
export type TransactionVersion = 0 | 1 | 2;
export const TRANSACTION_VERSIONS: readonly TransactionVersion[] = [0, 1, 2];

/** First EndTxn version whose sender uses transaction version 2 (EndTxnRequest.json). */
export const END_TXN_TV2 = 5;
/** First Produce version that adds its partitions to the transaction (ProduceRequest.json). */
export const PRODUCE_TV2 = 12;
/** First TxnOffsetCommit version that adds its offsets partition to the transaction. */
export const TXN_OFFSET_COMMIT_TV2 = 5;
/** First TxnOffsetCommit version whose sender knows TRANSACTION_ABORTABLE (KIP-890). */
export const TXN_OFFSET_COMMIT_GENERIC_ERROR = 4;
/** First AddPartitionsToTxn version that brokers send (batched, VerifyOnly). */
export const ADD_PARTITIONS_BROKER = 4;

/** How a leader treats a transactional append, from the request's version (AddPartitionsToTxnManager). */
export type TransactionSupportedOperation =
  | 'DEFAULT_ERROR'
  | 'GENERIC_ERROR_SUPPORTED'
  | 'ADD_PARTITION';
