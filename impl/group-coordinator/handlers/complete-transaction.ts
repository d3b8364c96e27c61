/**
 * A transaction marker of the offsets partition (CoordinatorRuntime.scheduleTransactionCompletion). Kafka applies it in
 * memory, appends it, and takes it back if the log refuses; here the log is asked first, which nobody can tell apart.
 */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import { appendMarkerAsCoordinator } from '../../partition-leader/coordinator-append.ts';
import type { PartitionMarker } from '../../partition-leader/partition-leader.ts';
import type { GroupShard } from '../group-shard.ts';

export function completeTransaction(
  shard: GroupShard,
  marker: PartitionMarker,
  timeoutMs: number,
  reply: (errorCode: ErrorCode) => void,
): void {
  const { leader } = shard;
  const stored = appendMarkerAsCoordinator(leader, marker);
  if (typeof stored === 'string') return reply(stored);
  shard.offsets.endTransaction(marker.producerId, marker.result);
  // What timed out stays in the log, and in memory.
  leader.handlers.awaitReplication(leader, stored.lastOffset, timeoutMs, reply);
}
