/**
 * A scenario: a cluster, clients, what the application does, what goes wrong, and how the scheduler chooses.
 * Running one is deterministic: same scenario, same bytes.
 */

import { z } from 'zod';
import {
  DELIVERY_TIMEOUT_MS,
  MAX_BLOCK_MS,
  MAX_PRODUCER_EPOCH,
  REQUEST_TIMEOUT_MS,
  TRANSACTION_STATE_PARTITIONS,
  TRANSACTION_STATE_REPLICATION_FACTOR,
  TRANSACTION_TIMEOUT_MS,
} from '../../protocol/limits.ts';

/** What can go wrong. `zombie` is a new instance of a transactional id started while an older one lives on. */
export const FAULT_KINDS = [
  'crash-producer',
  'zombie',
  'crash-coordinator',
  'crash-leader',
  'crash-group-coordinator',
  'lose-request',
  'lose-response',
  'delay-request',
  'delay-response',
  'duplicate-request',
  'time-out-transaction',
  'fail-append',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const producerName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9]*$/, 'a producer is named by letters and digits, for example "A"');
const instanceName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9]*#[1-9][0-9]*$/,
    'an instance is a producer and its ordinal, for example "A#1"',
  );
const partitionName = z
  .string()
  .regex(/^.+-\d+$/, 'a partition is named topic-index, for example "a-0"');

const transactionStatePartitionName = z
  .string()
  .regex(
    /^__transaction_state-\d+$/,
    'a partition of the transaction log, for example "__transaction_state-0"',
  );

/** Partition.appendRecordsToLeader, before it appends, and checkEnoughReplicasReachOffset, after. */
export const APPEND_ERRORS = ['NOT_ENOUGH_REPLICAS', 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'] as const;

/** RPCs whose messages a fault can pick out. */
export const FAULTY_APIS = [
  'FindCoordinator',
  'InitProducerId',
  'AddPartitionsToTxn',
  'Produce',
  'EndTxn',
  'WriteTxnMarkers',
  'AddOffsetsToTxn',
  'TxnOffsetCommit',
  'JoinGroup',
  'SyncGroup',
  'OffsetFetch',
  'OffsetCommit',
] as const;

/**
 * Of these a copy may come later, like a first attempt whose connection its sender has given up. Not of commits of
 * offsets: they carry no number by which a copy could be told from a later commit, and Kafka takes it for one.
 */
export const DUPLICABLE_APIS = FAULTY_APIS.filter(
  (api) => api !== 'TxnOffsetCommit' && api !== 'OffsetCommit',
);

/**
 * When the step is taken. Absent: after the network has gone quiet and, for a call, the caller's previous one has returned.
 * A number: after exactly that many further events of the scheduler, so that the step meets messages in flight.
 */
const wait = z.int().min(0).max(1_000).optional();

/** Which message a fault picks: the next one of this RPC from this sender (and to the leader of this partition). */
const message = {
  api: z.enum(FAULTY_APIS),
  /**
   * A producer instance, `coordinator` (markers), `leader` or `group` (verification and TV2's implicit add, of a data
   * partition or of the group coordinator's).
   */
  from: z.union([instanceName, z.literal('coordinator'), z.literal('leader'), z.literal('group')]),
  /** Only a message to (or from, for `leader`) the leader of this partition, which may be `__consumer_offsets-0`. */
  partition: partitionName.optional(),
  wait,
};

/** Steps of the script after which a held message is delivered, on its old connection; its answer goes nowhere if the sender gave up. */
const steps = z.int().min(0).max(100);

export const stepSchema = z.discriminatedUnion('do', [
  /** Starts the next instance of a producer (A#1, then A#2, ...) and calls initTransactions. */
  z.strictObject({ do: z.literal('start'), producer: producerName, wait }),
  z.strictObject({ do: z.literal('begin'), instance: instanceName, wait }),
  z.strictObject({ do: z.literal('send'), instance: instanceName, partition: partitionName, wait }),
  z.strictObject({ do: z.literal('commit'), instance: instanceName, wait }),
  z.strictObject({ do: z.literal('abort'), instance: instanceName, wait }),
  /** A reader of each isolation level polls every partition once. */
  z.strictObject({ do: z.literal('poll'), wait }),
  /** The instance's consumer joins its group: a generation begins, and fences the member of an older one (KIP-447). */
  z.strictObject({ do: z.literal('join'), instance: instanceName, wait }),
  /** It reads on from its position, at first from the group's committed offsets, once on each partition it is assigned. */
  z.strictObject({ do: z.literal('consume'), instance: instanceName, wait }),
  /** It sends one output for each record that it has consumed and not yet transformed. */
  z.strictObject({
    do: z.literal('transform'),
    instance: instanceName,
    partition: partitionName,
    wait,
  }),
  /** sendOffsetsToTransaction, after the last output: the offsets of what the transaction has transformed. */
  z.strictObject({ do: z.literal('send-offsets'), instance: instanceName, wait }),
  /** A plain commit of its positions, beside any transaction. */
  z.strictObject({ do: z.literal('commit-offsets'), instance: instanceName, wait }),
  z.strictObject({ do: z.literal('crash-producer'), instance: instanceName, wait }),
  z.strictObject({ do: z.literal('crash-coordinator'), wait }),
  z.strictObject({ do: z.literal('crash-leader'), partition: partitionName, wait }),
  z.strictObject({ do: z.literal('lose-request'), ...message }),
  z.strictObject({ do: z.literal('lose-response'), ...message }),
  z.strictObject({ do: z.literal('delay-request'), ...message, steps }),
  /** The broker has done what was asked; its answer, and every later one on the connection, is held. */
  z.strictObject({ do: z.literal('delay-response'), ...message, steps }),
  z.strictObject({
    do: z.literal('duplicate-request'),
    ...message,
    api: z.enum(DUPLICABLE_APIS),
    steps,
  }),
  z.strictObject({ do: z.literal('crash-group-coordinator'), wait }),
  /**
   * The next append to this partition of `__transaction_state` fails for want of in-sync replicas: before it is written, or
   * after, so that a later coordinator reads what its predecessor called failed.
   */
  z.strictObject({
    do: z.literal('fail-append'),
    partition: transactionStatePartitionName,
    errorCode: z.enum(APPEND_ERRORS),
    wait,
  }),
  /** The clock passes the transaction timeout and the coordinator's next check, while clients are silent. */
  z.strictObject({ do: z.literal('time-out-transaction'), wait }),
]);
export type Step = z.infer<typeof stepSchema>;

/** What an application reads that consumes, transforms and produces. */
export const consumesSchema = z.strictObject({
  group: z.string().regex(/^[a-z][a-z0-9]*$/, 'a group is named by small letters and digits'),
  partitions: z.array(partitionName).min(1),
  /**
   * Whether it sends offsets as the member of a generation (KIP-447). False: it gives the group id alone, which fences
   * nobody; then only one transactional id may read for the group.
   */
  fencesByGeneration: z.boolean().default(true),
});
export type Consumes = z.infer<typeof consumesSchema>;

export const producerSchema = z.strictObject({
  name: producerName,
  /** False: idempotent only. The transactional id is the producer's name. */
  transactional: z.boolean(),
  /**
   * Whether the client asks for a new epoch after an abort that left batches unresolved (KIP-360; Java and
   * librdkafka do, kafkajs 2.2.4 does not). Without effect under transaction version 2.
   */
  bumpsEpochAfterAbort: z.boolean().default(true),
  /** Absent: it only produces. */
  consumes: consumesSchema.optional(),
});

/** What is left out is Kafka's default. */
export const topologySchema = z.strictObject({
  /** Topic to number of partitions. */
  topics: z.record(z.string().regex(/^[a-z][a-z0-9]*$/), z.int().min(1).max(16)),
  producers: z.array(producerSchema).min(1).max(16),
  transactionStatePartitions: z.int().min(1).max(1_000).default(TRANSACTION_STATE_PARTITIONS),
  /** Recorded with the topic; the simulation has one replica that stands for all. */
  transactionStateReplicationFactor: z
    .int()
    .min(1)
    .max(9)
    .default(TRANSACTION_STATE_REPLICATION_FACTOR),
  /**
   * The epoch up to which every transactional id was used before the run: its log begins with an Empty of it. Absent:
   * no id was ever used. At 32,766 the next epoch comes with a new producer id.
   */
  usedProducerEpoch: z
    .int()
    .min(0)
    .max(MAX_PRODUCER_EPOCH - 1)
    .optional(),
  requestTimeoutMs: z.int().min(1).default(REQUEST_TIMEOUT_MS),
  deliveryTimeoutMs: z.int().min(1).default(DELIVERY_TIMEOUT_MS),
  maxBlockMs: z.int().min(1).default(MAX_BLOCK_MS),
  transactionTimeoutMs: z.int().min(1).max(900_000).default(TRANSACTION_TIMEOUT_MS),
});
export type Topology = z.infer<typeof topologySchema>;

export const SCENARIO_SCHEMA_VERSION = 1;

export const scenarioSchema = z.strictObject({
  kind: z.literal('scenario'),
  schemaVersion: z.literal(SCENARIO_SCHEMA_VERSION),
  /** Stock and historical scenarios have a name and say what they are. */
  name: z.string().optional(),
  description: z.string().optional(),
  transactionVersion: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  /** `transaction.partition.verification.enable`. */
  partitionVerification: z.boolean().default(true),
  topology: topologySchema,
  steps: z.array(stepSchema).max(1_000),
  /** At each event with several runnable tasks the next choice c picks number c mod tasks, oldest first; 0 when exhausted. */
  choices: z.array(z.int().min(0).max(255)).max(100_000).default([]),
});
export type Scenario = z.infer<typeof scenarioSchema>;
