/** Settings of a transaction coordinator, by Kafka's defaults (TransactionStateManagerConfig, TransactionLogConfig). */

import {
  ABORT_TIMED_OUT_INTERVAL_MS,
  RETRY_BACKOFF_MS,
  TRANSACTION_MAX_TIMEOUT_MS,
} from '../../protocol/limits.ts';

/** Times are milliseconds. */
export interface CoordinatorConfig {
  /** `transaction.abort.timed.out.transaction.cleanup.interval.ms`. */
  readonly abortTimedOutIntervalMs: number;
  /** `transaction.remove.expired.transaction.cleanup.interval.ms`. */
  readonly removeExpiredIntervalMs: number;
  /** `transactional.id.expiration.ms`. */
  readonly transactionalIdExpirationMs: number;
  /** `transaction.max.timeout.ms`. */
  readonly transactionMaxTimeoutMs: number;
  /** `transaction.two.phase.commit.enable` (KIP-939). */
  readonly twoPhaseCommitEnabled: boolean;
  /** Time from election until the partition has been read; until then requests are put off. */
  readonly loadMs: number;
  /** Pause before markers for a dead, unreachable or refusing leader are resolved and sent again. */
  readonly markerRetryBackoffMs: number;
}

export const COORDINATOR_CONFIG: CoordinatorConfig = {
  abortTimedOutIntervalMs: ABORT_TIMED_OUT_INTERVAL_MS,
  removeExpiredIntervalMs: 3_600_000,
  transactionalIdExpirationMs: 604_800_000,
  transactionMaxTimeoutMs: TRANSACTION_MAX_TIMEOUT_MS,
  twoPhaseCommitEnabled: false,
  loadMs: 0,
  markerRetryBackoffMs: RETRY_BACKOFF_MS,
};
