/**
 * Which model events a request is, what the model's answers look like on the wire, and how a batch of
 * `__consumer_offsets` stands in the model's log.
 */

import { decodeRecord } from '../../impl/group-coordinator/offsets-log.ts';
import type { ClusterMetadata } from '../../impl/ports.ts';
import { partitionFor } from '../../impl/ports.ts';
import type { GroupBrokerRequest } from '../../impl/simulation/observer.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import { NO_PRODUCER_ID } from '../../protocol/ids.ts';
import type { Response, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import type { OffsetsLogRecord } from '../../protocol/offsets-log.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import { transactionStatePartition } from '../../protocol/transaction-log.ts';
import type { GroupEvent, GroupResponse } from '../../model/group-coordinator-state.ts';
import type { GroupClaim } from '../../model/messages.ts';
import type { OffsetsLog, StoredOffsetsEntry } from '../../model/offsets-log.ts';
import { fetchView, producerView } from '../../model/offsets-log.ts';
import type { GroupNames } from './group-coordinator.ts';

/** The requests whose answers are compared. */
export type ComparedRequest = Extract<
  GroupBrokerRequest,
  { readonly api: 'TxnOffsetCommit' | 'OffsetCommit' | 'OffsetFetch' | 'WriteTxnMarkers' }
>;
export type CommitRequest = Extract<ComparedRequest, { readonly api: `${string}OffsetCommit` }>;
export type MembershipRequest = Exclude<GroupBrokerRequest, ComparedRequest>;

export function isCompared(request: GroupBrokerRequest): request is ComparedRequest {
  return (
    request.api === 'TxnOffsetCommit' ||
    request.api === 'OffsetCommit' ||
    request.api === 'OffsetFetch' ||
    request.api === 'WriteTxnMarkers'
  );
}

/** One question to the model; `name` tells its answer from others'. */
export type Demand = (name: number) => GroupEvent;

/** What the group coordinator is asked: the broker refuses offsets of unknown partitions by itself. */
export function acceptedOffsets(
  { body }: CommitRequest,
  { leaderOf }: Pick<ClusterMetadata, 'leaderOf'>,
): readonly CommittedOffset[] {
  return body.offsets.filter(({ partition }) => leaderOf(partition) !== null);
}

function claimOf({ body }: CommitRequest, names: GroupNames): GroupClaim {
  return {
    generationIdOrMemberEpoch: body.generationIdOrMemberEpoch,
    memberId: names.memberOf(body.memberId),
    groupInstanceId: names.instanceOf(body.groupInstanceId),
  };
}

/** A request's model events; none for one that is refused before it gets to a group's state. */
export function demandsOf(
  request: ComparedRequest,
  offsetsPartition: TopicPartition,
  metadata: Pick<ClusterMetadata, 'leaderOf'>,
  log: OffsetsLog,
  names: GroupNames,
): readonly Demand[] {
  const { apiVersion } = request;
  switch (request.api) {
    case 'TxnOffsetCommit': {
      const { groupId, producerId, producerEpoch } = request.body;
      if (groupId === '' || acceptedOffsets(request, metadata).length === 0) return [];
      const type = 'TxnOffsetCommitRequest';
      const fields = { type, apiVersion, producerId, producerEpoch } as const;
      const claim = claimOf(request, names);
      const view = producerView(log, producerId);
      return [(name) => ({ ...fields, ...claim, offsets: name, request: name, view })];
    }
    case 'OffsetCommit': {
      if (acceptedOffsets(request, metadata).length === 0) return [];
      const type = 'OffsetCommitRequest';
      const claim = claimOf(request, names);
      const view = { unreplicated: log.entries.length - log.highWatermark };
      return [(name) => ({ type, apiVersion, ...claim, offsets: name, request: name, view })];
    }
    case 'OffsetFetch': {
      const { groupId, partitions } = request.body;
      const type = 'OffsetFetchRequest';
      const requireStable = request.body.requireStable ? 1 : 0;
      const group = names.groups.of(groupId);
      return partitions.map((partition) => {
        const view = fetchView(log, group, names.partitions.of(partition));
        return (name) => ({ type, requireStable, request: name, view });
      });
    }
    case 'WriteTxnMarkers':
      return markersOf(request, offsetsPartition).map((marker) => {
        const { producerId, producerEpoch, result, coordinatorEpoch, transactionVersion } = marker;
        const type = 'WriteTxnMarkersRequest';
        const identity = { producerId, producerEpoch, coordinatorEpoch };
        const fields = { type, ...identity, result, transactionVersion, partitions: 1 } as const;
        const view = producerView(log, producerId);
        return (name) => ({ ...fields, request: name, view });
      });
  }
}

function markersOf(
  { body }: RequestOf<'WriteTxnMarkers'>,
  offsetsPartition: TopicPartition,
): RequestOf<'WriteTxnMarkers'>['body']['markers'] {
  return body.markers.filter(({ partitions }) => partitions.includes(offsetsPartition));
}

/** What the transaction coordinator said of the offsets partition, before anybody translates it. */
export function verdictOf(
  transactionalId: string,
  offsetsPartition: TopicPartition,
  response: ResponseOf<'AddPartitionsToTxn'> | null,
): ErrorCode {
  if (response === null) return 'NETWORK_EXCEPTION';
  if (response.errorCode !== 'NONE') return response.errorCode;
  const result = response.results.find((found) => found.transactionalId === transactionalId);
  const answer = result?.partitions.find(({ partition }) => partition === offsetsPartition);
  return answer?.errorCode ?? 'UNKNOWN_SERVER_ERROR';
}

/** Whether AddPartitionsToTxnManager finds nobody to ask. */
export function isUnreachable(
  transactionalId: string,
  metadata: Pick<ClusterMetadata, 'leaderOf' | 'isAlive' | 'transactionStatePartitions'>,
): boolean {
  const index = partitionFor(transactionalId, metadata.transactionStatePartitions);
  const broker = metadata.leaderOf(transactionStatePartition(index));
  return broker === null || !metadata.isAlive(broker);
}

/**
 * How a question that was never sent may end when another arrives: AddPartitionsToTxnManager keeps one a transactional id
 * in its queue, and of two the older epoch loses, or else the older question. Null: not at all.
 */
export function displacementOf(
  refused: { readonly request: RequestOf<'TxnOffsetCommit'> },
  arrived: { readonly request: RequestOf<'TxnOffsetCommit'> },
): ErrorCode | null {
  const of = arrived.request.body;
  if (refused.request.body.transactionalId !== of.transactionalId) return null;
  if (refused === arrived) return 'INVALID_PRODUCER_EPOCH';
  const difference = of.producerEpoch - refused.request.body.producerEpoch;
  if (difference < 0) return null;
  return difference > 0 ? 'INVALID_PRODUCER_EPOCH' : 'NETWORK_EXCEPTION';
}

/** Null: a marker is of no group. */
export function groupOf({ api, body }: ComparedRequest): string | null {
  return api === 'WriteTxnMarkers' ? null : body.groupId;
}

/** Whether a response says what the model's answers, one for each demand of the request, say. */
export function saysTheSame(
  request: ComparedRequest,
  answers: readonly GroupResponse[],
  response: Response,
  offsetsPartition: TopicPartition,
  metadata: Pick<ClusterMetadata, 'leaderOf'>,
): boolean {
  switch (request.api) {
    case 'TxnOffsetCommit':
    case 'OffsetCommit': {
      const { partitions } = response as ResponseOf<'OffsetCommit'>;
      const { errorCode } = answers[0]!;
      return (
        partitions.length === request.body.offsets.length &&
        partitions.every(
          (found) =>
            found.errorCode ===
            (metadata.leaderOf(found.partition) === null
              ? 'UNKNOWN_TOPIC_OR_PARTITION'
              : errorCode),
        )
      );
    }
    case 'OffsetFetch':
      return fetchSaysTheSame(answers, response as ResponseOf<'OffsetFetch'>);
    case 'WriteTxnMarkers': {
      const { markers } = response as ResponseOf<'WriteTxnMarkers'>;
      const found = markers.flatMap(({ partitions }) =>
        partitions.filter(({ partition }) => partition === offsetsPartition),
      );
      return (
        found.length === answers.length &&
        found.every(({ errorCode }, index) => errorCode === answers[index]!.errorCode)
      );
    }
  }
}

function fetchSaysTheSame(
  answers: readonly GroupResponse[],
  { errorCode, partitions }: ResponseOf<'OffsetFetch'>,
): boolean {
  if (partitions.length !== answers.length) return false;
  if (errorCode !== 'NONE') return answers.every((answer) => answer.errorCode === errorCode);
  return answers.every((answer, index) => {
    const found = partitions[index]!;
    return (
      answer.type === 'OffsetFetchResponse' &&
      answer.errorCode === found.errorCode &&
      answer.committedOffset === found.committedOffset
    );
  });
}

/** A batch as the model's log holds it: one entry, but where it removes what several groups had. */
export function entriesOf(batch: StoredBatch, names: GroupNames): readonly StoredOffsetsEntry[] {
  const { producerId, producerEpoch } = batch;
  if (batch.kind === 'control') {
    const { type: result, coordinatorEpoch } = batch.marker;
    return [{ kind: 'marker', producerId, producerEpoch, coordinatorEpoch, result }];
  }
  const byGroup = new Map<string, OffsetsLogRecord[]>();
  for (const record of batch.records.map(decodeRecord)) {
    const known = byGroup.get(record.key.group);
    if (known === undefined) byGroup.set(record.key.group, [record]);
    else known.push(record);
  }
  return [...byGroup].map(([group, records]) =>
    entryOf(names.groups.of(group), records, { producerId, producerEpoch }, names),
  );
}

function entryOf(
  group: number,
  records: readonly OffsetsLogRecord[],
  producer: { readonly producerId: number; readonly producerEpoch: number },
  names: GroupNames,
): StoredOffsetsEntry {
  const [first] = records;
  if (first!.type === 'GroupMetadata' && first!.value !== null) {
    const { generation, members } = first!.value;
    return {
      kind: 'group',
      group,
      generationId: generation,
      members: names.members(members),
    };
  }
  if (first!.value === null) {
    const partitions = records.flatMap((record) =>
      record.type === 'OffsetCommit' ? [names.partitions.of(record.key.partition)] : [],
    );
    const removesGroup = records.some(({ type }) => type === 'GroupMetadata') ? 1 : 0;
    return { kind: 'tombstones', group, partitions, removesGroup };
  }
  const offsets = records.flatMap((record) =>
    record.type === 'OffsetCommit' && record.value !== null
      ? [[names.partitions.of(record.key.partition), record.value.offset] as const]
      : [],
  );
  const identity =
    producer.producerId === NO_PRODUCER_ID
      ? { producerId: NO_PRODUCER_ID, producerEpoch: -1 }
      : producer;
  return { kind: 'offsets', group, ...identity, offsets };
}
