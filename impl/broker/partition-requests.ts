/** Requests that are answered partition by partition, by the leaders on this broker: markers and reads. */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import { NO_OFFSET } from '../../protocol/ids.ts';
import type {
  FetchPartitionResponse,
  FetchRequest,
  FetchResponse,
} from '../../protocol/messages/fetch.ts';
import type {
  ListOffsetsRequest,
  ListOffsetsResponse,
} from '../../protocol/messages/list-offsets.ts';
import type { RequestOf } from '../../protocol/messages/rpc.ts';
import type {
  TxnMarker,
  WriteTxnMarkersResponse,
} from '../../protocol/messages/write-txn-markers.ts';
import type { PartitionLeader } from '../partition-leader/partition-leader.ts';

/** The leader on this broker, or why there is none. */
export type LeaderLookup = (partition: TopicPartition) => PartitionLeader | ErrorCode;

/** First WriteTxnMarkers version that carries the transaction version (KIP-1228). */
const MARKERS_WITH_TRANSACTION_VERSION = 2;

/** Has the marker written to a partition that is led here; replies when it is replicated. */
export type WriteMarker = (
  partition: TopicPartition,
  marker: TxnMarker,
  reply: (errorCode: ErrorCode) => void,
) => void;

/** KafkaApis.handleWriteTxnMarkersRequest: replies when every partition of every marker has its result. */
export function writeMarkers(
  request: RequestOf<'WriteTxnMarkers'>,
  leaders: ReadonlyMap<TopicPartition, PartitionLeader>,
  writeMarker: WriteMarker,
  reply: (response: WriteTxnMarkersResponse) => void,
): void {
  const { markers } = request.body;
  const results = markers.map((marker) => ({
    producerId: marker.producerId,
    partitions: marker.partitions.map((partition) => ({
      partition,
      errorCode: 'NONE' as ErrorCode,
    })),
  }));
  // One more than there are partitions, so that the answer is not given before all were asked.
  let outstanding = 1;
  const finishOne = (): void => {
    outstanding -= 1;
    if (outstanding === 0) reply({ markers: results });
  };
  markers.forEach((marker, index) => {
    const asSent = versioned(marker, request.apiVersion);
    for (const result of results[index]!.partitions) {
      if (!leaders.has(result.partition)) {
        result.errorCode = 'UNKNOWN_TOPIC_OR_PARTITION';
        continue;
      }
      outstanding += 1;
      writeMarker(result.partition, asSent, (errorCode) => {
        result.errorCode = errorCode;
        finishOne();
      });
    }
  });
  finishOne();
}

function versioned(marker: TxnMarker, apiVersion: number): TxnMarker {
  return apiVersion < MARKERS_WITH_TRANSACTION_VERSION
    ? { ...marker, transactionVersion: 0 }
    : marker;
}

export function fetchFrom(request: FetchRequest, leaderOf: LeaderLookup): FetchResponse {
  const { isolationLevel } = request;
  return {
    partitions: request.partitions.map(({ partition, fetchOffset, maxBatches }) => {
      const leader = leaderOf(partition);
      return typeof leader === 'string'
        ? refusedFetch(partition, leader)
        : leader.fetch({ isolationLevel, fetchOffset, maxBatches });
    }),
  };
}

/**
 * KafkaApis answers for a partition that is not in its metadata by itself (FetchResponse.partitionResponse), and then
 * the list of aborted transactions is empty; where the log manager refuses there is none.
 */
function refusedFetch(partition: TopicPartition, errorCode: ErrorCode): FetchPartitionResponse {
  return {
    partition,
    errorCode,
    highWatermark: NO_OFFSET,
    lastStableOffset: NO_OFFSET,
    logStartOffset: NO_OFFSET,
    abortedTransactions: errorCode === 'UNKNOWN_TOPIC_OR_PARTITION' ? [] : null,
    batches: [],
  };
}

export function listOffsetsOf(
  request: ListOffsetsRequest,
  leaderOf: LeaderLookup,
): ListOffsetsResponse {
  const { isolationLevel } = request;
  return {
    partitions: request.partitions.map(({ partition, timestamp }) => {
      const leader = leaderOf(partition);
      return typeof leader === 'string'
        ? { partition, errorCode: leader, offset: NO_OFFSET }
        : {
            partition,
            errorCode: 'NONE' as const,
            offset: leader.listOffsets({ isolationLevel, timestamp }),
          };
    }),
  };
}
