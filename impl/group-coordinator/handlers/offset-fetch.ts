/**
 * OffsetFetch (OffsetMetadataManager.fetchOffsets). With `requireStable` it reads the end of the log and answers once
 * that is replicated; without, it reads what is replicated and knows nothing of open transactions (KIP-447).
 */

import type { RequestOf, ResponseOf } from '../../../protocol/messages/rpc.ts';
import { refused, withoutOffset } from '../answers.ts';
import type { GroupShard } from '../group-shard.ts';
import type { Reply } from '../handlers.ts';
import type { OffsetStore } from '../offset-store.ts';

type FetchedPartition = ResponseOf<'OffsetFetch'>['partitions'][number];

export function offsetFetch(
  shard: GroupShard,
  request: RequestOf<'OffsetFetch'>,
  reply: Reply<'OffsetFetch'>,
): void {
  const { requireStable } = request.body;
  const store = requireStable ? shard.offsets : shard.replicatedOffsets();
  const response = fetchFrom(shard, store, request);
  if (!requireStable) return reply(response);
  shard.afterPendingWrites((errorCode) => {
    const told = shard.decisions.offsetFetchError(errorCode);
    reply(told === 'NONE' ? response : (refused(request, told) as ResponseOf<'OffsetFetch'>));
  });
}

function fetchFrom(
  shard: GroupShard,
  store: OffsetStore,
  { body }: RequestOf<'OffsetFetch'>,
): ResponseOf<'OffsetFetch'> {
  const { groupId, requireStable } = body;
  const partitions = body.partitions.map((partition): FetchedPartition => {
    const hasPending = store.hasPending(groupId, partition);
    if (shard.decisions.isUnstable(requireStable, hasPending)) {
      return { ...withoutOffset(partition), errorCode: 'UNSTABLE_OFFSET_COMMIT' };
    }
    const stored = store.committed(groupId, partition);
    if (stored === undefined) return { ...withoutOffset(partition), errorCode: 'NONE' };
    return {
      partition,
      committedOffset: stored.offset,
      committedLeaderEpoch: stored.leaderEpoch,
      committedMetadata: stored.metadata,
      errorCode: 'NONE',
    };
  });
  return { errorCode: 'NONE', partitions };
}
