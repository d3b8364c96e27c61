/** A recorded request, in Kafka's field names, as the version-free request that the reference takes. */

import { z } from 'zod';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { ApiName, Request } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import type { ProducedBatch } from '../../protocol/records.ts';
import type { AnswerRow } from './answer-table.ts';

/** The reference does not know what the row asks for. */
export class NotApplicableError extends Error {
  readonly code = 'NOT_APPLICABLE';
}

/** Large enough for every recorded fetch. */
const MAX_BATCHES = 100;

const topics = <Partition extends z.ZodType>(partition: Partition) =>
  z.array(z.looseObject({ Name: z.string(), Partitions: z.array(partition) }));

const index = z.int();
const identity = { ProducerId: z.int(), ProducerEpoch: z.int() };

const recordedBatch = z.looseObject({
  producerId: z.int(),
  producerEpoch: z.int(),
  baseSequence: z.int(),
  count: z.int(),
  transactional: z.boolean(),
  control: z.boolean(),
  crcOk: z.boolean().optional(),
});

const offsetToCommit = z.looseObject({
  PartitionIndex: index,
  CommittedOffset: z.int(),
  CommittedLeaderEpoch: z.int().default(-1),
  CommittedMetadata: z.string().nullable(),
});

type Reader = (fields: Record<string, unknown>, version: number) => Request['body'];

const READERS: Readonly<Partial<Record<ApiName, Reader>>> = {
  Produce: readProduce,
  Fetch: readFetch,
  ListOffsets: readListOffsets,
  FindCoordinator: readFindCoordinator,
  OffsetFetch: readOffsetFetch,
  InitProducerId: readInitProducerId,
  AddPartitionsToTxn: readAddPartitions,
  AddOffsetsToTxn: readAddOffsets,
  EndTxn: readEndTxn,
  WriteTxnMarkers: readWriteTxnMarkers,
  TxnOffsetCommit: readTxnOffsetCommit,
  DescribeTransactions: readDescribeTransactions,
};

/** Throws `NotApplicableError`. */
export function requestOf({ request, response }: AnswerRow): Request {
  if (response.closed !== undefined || request.fields === undefined) {
    throw new NotApplicableError(
      'the answer is about bytes on the connection, which the reference has none of',
    );
  }
  const read = READERS[request.api as ApiName];
  if (read === undefined) {
    throw new NotApplicableError(`the reference does not know ${request.api}`);
  }
  const body = read(request.fields, request.version);
  return { api: request.api, apiVersion: request.version, body } as unknown as Request;
}

function readProduce(fields: Record<string, unknown>): Request['body'] {
  const produce = z
    .looseObject({
      TransactionalId: z.string().nullable(),
      Acks: z.int(),
      TimeoutMs: z.int(),
      TopicData: z.array(
        z.looseObject({
          Name: z.string(),
          PartitionData: z.array(
            z.looseObject({ Index: index, Records: z.union([z.array(recordedBatch), z.string()]) }),
          ),
        }),
      ),
    })
    .parse(fields);
  return {
    transactionalId: produce.TransactionalId,
    acks: produce.Acks,
    timeoutMs: produce.TimeoutMs,
    partitions: produce.TopicData.flatMap(({ Name, PartitionData }) =>
      PartitionData.map(({ Index, Records }) => ({
        partition: `${Name}-${Index}`,
        batch: batchOf(Records),
      })),
    ),
  };
}

/** A string describes bytes that are no batches, or too many of them. */
function batchOf(records: readonly z.infer<typeof recordedBatch>[] | string): ProducedBatch {
  if (typeof records === 'string') {
    throw new NotApplicableError(`the reference has no bytes, hence nothing like "${records}"`);
  }
  const [batch, ...others] = records;
  if (batch === undefined || others.length > 0) {
    throw new NotApplicableError(
      'a partition of a Produce has one batch by its type in the reference',
    );
  }
  if (batch.crcOk === false) {
    throw new NotApplicableError('the reference has no bytes, hence no checksum');
  }
  const { producerId, producerEpoch, baseSequence, count, transactional, control } = batch;
  return {
    producerId,
    producerEpoch,
    baseSequence,
    transactional,
    control,
    records: Array.from({ length: count }, () => ({ key: null, value: 'x' })),
  };
}

function readFetch(fields: Record<string, unknown>): Request['body'] {
  const fetch = z
    .looseObject({
      IsolationLevel: z.int(),
      Topics: z.array(
        z.looseObject({
          Topic: z.string(),
          Partitions: z.array(
            z.looseObject({ Partition: index, FetchOffset: z.int(), CurrentLeaderEpoch: z.int() }),
          ),
        }),
      ),
    })
    .parse(fields);
  return {
    isolationLevel: fetch.IsolationLevel === 1 ? 'read_committed' : 'read_uncommitted',
    partitions: fetch.Topics.flatMap(({ Topic, Partitions }) =>
      Partitions.map(({ Partition, FetchOffset, CurrentLeaderEpoch }) => {
        if (CurrentLeaderEpoch !== -1) {
          throw new NotApplicableError("the reference's Fetch does not carry a leader epoch");
        }
        return {
          partition: `${Topic}-${Partition}`,
          fetchOffset: FetchOffset,
          maxBatches: MAX_BATCHES,
        };
      }),
    ),
  };
}

const TIMESTAMPS = new Map([
  [-1, 'LATEST'],
  [-2, 'EARLIEST'],
] as const);

function readListOffsets(fields: Record<string, unknown>): Request['body'] {
  const list = z
    .looseObject({
      IsolationLevel: z.int(),
      Topics: topics(z.looseObject({ PartitionIndex: index, Timestamp: z.int() })),
    })
    .parse(fields);
  return {
    isolationLevel: list.IsolationLevel === 1 ? 'read_committed' : 'read_uncommitted',
    partitions: list.Topics.flatMap(({ Name, Partitions }) =>
      Partitions.map(({ PartitionIndex, Timestamp }) => {
        const timestamp = TIMESTAMPS.get(Timestamp as -1 | -2);
        if (timestamp === undefined) {
          throw new NotApplicableError(
            'the reference lists the earliest and the latest offset only',
          );
        }
        return { partition: `${Name}-${PartitionIndex}`, timestamp };
      }),
    ),
  };
}

const KEY_TYPES = ['GROUP', 'TRANSACTION'] as const;

function readFindCoordinator(fields: Record<string, unknown>): Request['body'] {
  const find = z
    .looseObject({
      Key: z.string().optional(),
      CoordinatorKeys: z.array(z.string()).optional(),
      KeyType: z.int().default(0),
    })
    .parse(fields);
  const keys = find.CoordinatorKeys ?? [find.Key ?? ''];
  const keyType = KEY_TYPES[find.KeyType];
  if (keyType === undefined) {
    throw new NotApplicableError(
      'the reference has coordinators of groups and of transactions only',
    );
  }
  if (keys.length !== 1)
    throw new NotApplicableError('the reference is asked for one key at a time');
  return { keyType, key: keys[0]! };
}

function readOffsetFetch(fields: Record<string, unknown>): Request['body'] {
  const { Groups, RequireStable } = z
    .looseObject({
      RequireStable: z.boolean(),
      Groups: z
        .array(
          z.looseObject({
            GroupId: z.string(),
            Topics: z.array(z.looseObject({ Name: z.string(), PartitionIndexes: z.array(index) })),
          }),
        )
        .length(1),
    })
    .parse(fields);
  const [group] = Groups;
  return {
    groupId: group!.GroupId,
    requireStable: RequireStable,
    partitions: group!.Topics.flatMap(({ Name, PartitionIndexes }) =>
      PartitionIndexes.map((partition) => `${Name}-${partition}`),
    ),
  };
}

function readInitProducerId(fields: Record<string, unknown>): Request['body'] {
  const init = z
    .looseObject({
      TransactionalId: z.string().nullable(),
      TransactionTimeoutMs: z.int(),
      ProducerId: z.int().default(-1),
      ProducerEpoch: z.int().default(-1),
    })
    .parse(fields);
  return {
    transactionalId: init.TransactionalId,
    transactionTimeoutMs: init.TransactionTimeoutMs,
    producerId: init.ProducerId,
    producerEpoch: init.ProducerEpoch,
    enable2Pc: false,
    keepPreparedTxn: false,
  };
}

/** Versions 0 to 3 carry one transaction, later ones a list. */
function readAddPartitions(fields: Record<string, unknown>, version: number): Request['body'] {
  if (version <= 3) {
    const add = z
      .looseObject({
        V3AndBelowTransactionalId: z.string(),
        V3AndBelowProducerId: z.int(),
        V3AndBelowProducerEpoch: z.int(),
        V3AndBelowTopics: topics(index),
      })
      .parse(fields);
    return {
      transactions: [
        {
          transactionalId: add.V3AndBelowTransactionalId,
          producerId: add.V3AndBelowProducerId,
          producerEpoch: add.V3AndBelowProducerEpoch,
          verifyOnly: false,
          partitions: partitionsOf(add.V3AndBelowTopics),
        },
      ],
    };
  }
  const add = z
    .looseObject({
      Transactions: z.array(
        z.looseObject({
          TransactionalId: z.string(),
          ...identity,
          VerifyOnly: z.boolean(),
          Topics: topics(index),
        }),
      ),
    })
    .parse(fields);
  return {
    transactions: add.Transactions.map((transaction) => ({
      transactionalId: transaction.TransactionalId,
      producerId: transaction.ProducerId,
      producerEpoch: transaction.ProducerEpoch,
      verifyOnly: transaction.VerifyOnly,
      partitions: partitionsOf(transaction.Topics),
    })),
  };
}

function partitionsOf(
  list: readonly { readonly Name: string; readonly Partitions: readonly number[] }[],
): TopicPartition[] {
  return list.flatMap(({ Name, Partitions }) =>
    Partitions.map((partition) => `${Name}-${partition}`),
  );
}

function readAddOffsets(fields: Record<string, unknown>): Request['body'] {
  const add = z
    .looseObject({ TransactionalId: z.string(), ...identity, GroupId: z.string() })
    .parse(fields);
  return {
    transactionalId: add.TransactionalId,
    producerId: add.ProducerId,
    producerEpoch: add.ProducerEpoch,
    groupId: add.GroupId,
  };
}

function readEndTxn(fields: Record<string, unknown>): Request['body'] {
  const end = z
    .looseObject({ TransactionalId: z.string(), ...identity, Committed: z.boolean() })
    .parse(fields);
  return {
    transactionalId: end.TransactionalId,
    producerId: end.ProducerId,
    producerEpoch: end.ProducerEpoch,
    committed: end.Committed,
  };
}

function readWriteTxnMarkers(fields: Record<string, unknown>): Request['body'] {
  const { Markers } = z
    .looseObject({
      Markers: z.array(
        z.looseObject({
          ...identity,
          TransactionResult: z.boolean(),
          CoordinatorEpoch: z.int(),
          TransactionVersion: z.int().default(0),
          Topics: z.array(z.looseObject({ Name: z.string(), PartitionIndexes: z.array(index) })),
        }),
      ),
    })
    .parse(fields);
  return {
    markers: Markers.map((marker) => ({
      producerId: marker.ProducerId,
      producerEpoch: marker.ProducerEpoch,
      result: marker.TransactionResult ? ('COMMIT' as const) : ('ABORT' as const),
      coordinatorEpoch: marker.CoordinatorEpoch,
      transactionVersion: marker.TransactionVersion as TransactionVersion,
      partitions: marker.Topics.flatMap(({ Name, PartitionIndexes }) =>
        PartitionIndexes.map((partition) => `${Name}-${partition}`),
      ),
    })),
  };
}

function readTxnOffsetCommit(fields: Record<string, unknown>): Request['body'] {
  const commit = z
    .looseObject({
      TransactionalId: z.string(),
      GroupId: z.string(),
      ...identity,
      GenerationId: z.int().default(-1),
      MemberId: z.string().default(''),
      GroupInstanceId: z.string().nullable().default(null),
      Topics: topics(offsetToCommit),
    })
    .parse(fields);
  return {
    transactionalId: commit.TransactionalId,
    groupId: commit.GroupId,
    producerId: commit.ProducerId,
    producerEpoch: commit.ProducerEpoch,
    generationIdOrMemberEpoch: commit.GenerationId,
    memberId: commit.MemberId,
    groupInstanceId: commit.GroupInstanceId,
    offsets: commit.Topics.flatMap(({ Name, Partitions }) =>
      Partitions.map((offset) => ({
        partition: `${Name}-${offset.PartitionIndex}`,
        committedOffset: offset.CommittedOffset,
        committedLeaderEpoch: offset.CommittedLeaderEpoch,
        committedMetadata: offset.CommittedMetadata,
      })),
    ),
  };
}

function readDescribeTransactions(fields: Record<string, unknown>): Request['body'] {
  const { TransactionalIds } = z
    .looseObject({ TransactionalIds: z.array(z.string()) })
    .parse(fields);
  return { transactionalIds: TransactionalIds };
}
