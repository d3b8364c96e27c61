/**
 * A history: what clients did and were told, as JSON Lines. The first line is the header, every further line an
 * event. One predicate over it judges the simulation, the wire server and real Kafka alike.
 *
 * An operation is one `invoke` and at most one completion: `ok`, `failed` (it certainly had no effect) or
 * `unknown` (it may have had one, now or later). A process is a producer instance or a reader.
 */

import { z } from 'zod';
import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import { API_KEYS, type ApiName } from '../../protocol/messages/rpc.ts';
import { TRANSACTION_STATE_IDS, type TransactionState } from '../../protocol/states.ts';

export const HISTORY_SCHEMA_VERSION = 1;

export const historyHeaderSchema = z.strictObject({
  kind: z.literal('history'),
  schemaVersion: z.literal(HISTORY_SCHEMA_VERSION),
  /** What was observed, for example `reference` or `Apache Kafka 4.3.1`. */
  subject: z.string(),
});
export type HistoryHeader = z.infer<typeof historyHeaderSchema>;

const errorCode = z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]);
const apiName = z.enum(Object.keys(API_KEYS) as [ApiName, ...ApiName[]]);
const isolationLevel = z.enum(['read_uncommitted', 'read_committed']);
const transactionState = z.enum(
  Object.keys(TRANSACTION_STATE_IDS) as [TransactionState, ...TransactionState[]],
);
const offset = z.int().min(-1);
/** Next offset to read of a partition; -1: none is committed. */
const groupOffset = z.strictObject({ partition: z.string(), offset });
/** Ordinal of a transaction within its instance, from 1: the n-th `begin`. */
const transaction = z.int().min(1);

const at = {
  /** Milliseconds; never decreasing along the file. */
  time: z.number().min(0),
  process: z.string().min(1),
};
/** Unique within the file. */
const op = z.int().min(0);
const group = z.string().min(1);

/** Offsets that a member commits for its group. */
const groupOffsets = {
  group,
  /** -1 and '': the caller gave the group id alone, which fences nobody (KIP-447). */
  generation: z.int().min(-1),
  memberId: z.string(),
  offsets: z.array(groupOffset),
};

export const invocationSchema = z.discriminatedUnion('call', [
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('init'),
    /** Null: idempotent only. Instances of one transactional id fence each other. */
    transactionalId: z.string().nullable(),
    /** `transaction.timeout.ms`. Absent: not known, so that any transaction may have timed out. */
    transactionTimeoutMs: z.int().min(1).optional(),
    /**
     * True: a fresh instance, started after faults have stopped, to see whether the id can still be used. Probes may
     * come after the final reads, which would not see what they end: a probe aborts what an older instance left open.
     */
    probe: z.boolean().optional(),
  }),
  z.strictObject({ type: z.literal('invoke'), ...at, op, call: z.literal('begin'), transaction }),
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('send'),
    /** Null: outside any transaction. */
    transaction: transaction.nullable(),
    partition: z.string(),
    /** Unique within the file: it names the record. */
    value: z.string(),
    /** The record that it was made from, where the application reads, transforms and writes. */
    input: z.strictObject({ partition: z.string(), offset: z.int().min(0) }).optional(),
  }),
  z.strictObject({ type: z.literal('invoke'), ...at, op, call: z.literal('commit'), transaction }),
  z.strictObject({ type: z.literal('invoke'), ...at, op, call: z.literal('abort'), transaction }),
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('poll'),
    isolation: isolationLevel,
    partition: z.string(),
    /** Offset it reads from. */
    from: offset,
    /**
     * True for the reads after quiescence: faults have stopped, every process has stopped, transaction timeouts
     * have passed, and the read goes from the log start to the end that its isolation level can see.
     */
    final: z.boolean(),
  }),
  /** A consumer becomes a member of a group; it completes with its member id and the group's generation. */
  z.strictObject({ type: z.literal('invoke'), ...at, op, call: z.literal('join'), group }),
  /** sendOffsetsToTransaction. */
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('send-offsets'),
    transaction,
    ...groupOffsets,
  }),
  /** A plain OffsetCommit, outside any transaction. */
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('commit-offsets'),
    ...groupOffsets,
  }),
  /** OffsetFetch; it completes with `offsets`. */
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('fetch-offsets'),
    group,
    partitions: z.array(z.string()),
    /** True: offsets that an open transaction may still move are refused (UNSTABLE_OFFSET_COMMIT). */
    requireStable: z.boolean(),
    /** True for the last word of a history on its group, after quiescence. */
    final: z.boolean(),
  }),
  /** ListOffsets for the latest offset; it completes with `offset`. */
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('end-offset'),
    isolation: isolationLevel,
    partition: z.string(),
  }),
  /** DescribeTransactions (KIP-664); it completes with `state`. */
  z.strictObject({
    type: z.literal('invoke'),
    ...at,
    op,
    call: z.literal('describe-transaction'),
    transactionalId: z.string(),
  }),
]);
export type Invocation = z.infer<typeof invocationSchema>;

const recordRead = z.strictObject({ offset: z.int().min(0), value: z.string().nullable() });

export const completionSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('ok'),
    ...at,
    op,
    /** Of init. */
    producerId: z.int().optional(),
    producerEpoch: z.int().optional(),
    /** Of send, and of end-offset. */
    offset: offset.optional(),
    /** Of poll: what the application got, and what the fetch said of the partition. */
    records: z.array(recordRead).optional(),
    position: offset.optional(),
    highWatermark: offset.optional(),
    lastStableOffset: offset.optional(),
    /** Of join. */
    generation: z.int().min(0).optional(),
    memberId: z.string().optional(),
    /** Of fetch-offsets. */
    offsets: z.array(groupOffset).optional(),
    /** Of describe-transaction; null: the coordinator does not know the id. */
    state: transactionState.nullable().optional(),
  }),
  z.strictObject({ type: z.literal('failed'), ...at, op, error: z.string() }),
  z.strictObject({ type: z.literal('unknown'), ...at, op, error: z.string() }),
]);
export type Completion = z.infer<typeof completionSchema>;

/** Every attempt of a client on the wire. A response names its request by position among the file's requests. */
export const attemptSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('request'),
    ...at,
    request: z.int().min(0),
    api: apiName,
    apiVersion: z.int().min(0),
    producerId: z.int().optional(),
    producerEpoch: z.int().optional(),
    partition: z.string().optional(),
    baseSequence: z.int().optional(),
    committed: z.boolean().optional(),
  }),
  z.strictObject({
    type: z.literal('response'),
    ...at,
    request: z.int().min(0),
    /** Null: the connection closed without an answer. */
    errorCode: errorCode.nullable(),
  }),
  /** The network copied a request: it may arrive once more, later, and that answer goes nowhere. */
  z.strictObject({ type: z.literal('copy'), ...at, request: z.int().min(0) }),
]);
export type Attempt = z.infer<typeof attemptSchema>;

/** The process was killed: what it had outstanding never completes. */
export const crashSchema = z.strictObject({ type: z.literal('crash'), ...at });

export const historyEventSchema = z.union([
  invocationSchema,
  completionSchema,
  attemptSchema,
  crashSchema,
]);
export type HistoryEvent = Invocation | Completion | Attempt | z.infer<typeof crashSchema>;
