/**
 * Requests of the group coordinator, as the broker hands them on (KafkaApis): offsets of partitions that do not exist
 * are refused without it.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { RequestOf, Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import type { GroupRequest } from '../group-coordinator/answers.ts';
import type { PartitionMarker } from '../partition-leader/partition-leader.ts';
import type { ClusterMetadata } from '../ports.ts';

/** What a broker asks of the group coordinator that lives on it. */
export interface GroupEndpoint {
  handle(request: GroupRequest, reply: (response: Response) => void): void;
  /** A marker for a partition of `__consumer_offsets`. */
  completeTransaction(
    partition: TopicPartition,
    marker: PartitionMarker,
    timeoutMs: number,
    reply: (errorCode: ErrorCode) => void,
  ): void;
}

type CommitRequest = RequestOf<'OffsetCommit'> | RequestOf<'TxnOffsetCommit'>;
type CommitResponse = ResponseOf<'OffsetCommit'>;

export function handleGroupRequest(
  request: GroupRequest,
  metadata: ClusterMetadata,
  coordinator: GroupEndpoint,
  reply: (response: Response) => void,
): void {
  if (request.api === 'OffsetCommit' || request.api === 'TxnOffsetCommit') {
    handleCommit(request, metadata, coordinator, reply);
  } else {
    coordinator.handle(request, reply);
  }
}

/** KafkaApis.handleOffsetCommitRequest, handleTxnOffsetCommitRequest. */
function handleCommit(
  request: CommitRequest,
  metadata: ClusterMetadata,
  coordinator: GroupEndpoint,
  reply: (response: Response) => void,
): void {
  const { offsets } = request.body;
  const known = offsets.filter(({ partition }) => metadata.leaderOf(partition) !== null);
  if (known.length === offsets.length) return coordinator.handle(request, reply);
  if (known.length === 0) return reply(merged(offsets, { partitions: [] }));
  coordinator.handle(withOffsets(request, known), (response) =>
    reply(merged(offsets, response as CommitResponse)),
  );
}

function withOffsets(request: CommitRequest, offsets: readonly CommittedOffset[]): CommitRequest {
  return request.api === 'OffsetCommit'
    ? { ...request, body: { ...request.body, offsets } }
    : { ...request, body: { ...request.body, offsets } };
}

/** In the request's order. */
function merged(offsets: readonly CommittedOffset[], answered: CommitResponse): CommitResponse {
  const errors = new Map<string, ErrorCode>(
    answered.partitions.map(({ partition, errorCode }) => [partition, errorCode]),
  );
  return {
    partitions: offsets.map(({ partition }) => ({
      partition,
      errorCode: errors.get(partition) ?? 'UNKNOWN_TOPIC_OR_PARTITION',
    })),
  };
}
