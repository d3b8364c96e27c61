/**
 * A trace: everything that happened in a simulated run, in order. Views (lanes, pages) are derived from it and from
 * nothing else. A lane is a participant: a producer instance, `coordinator`, `leader a-0`, `reader`, `script`.
 */

import { z } from 'zod';
import { API_KEYS, type ApiName } from '../../protocol/messages/rpc.ts';

const apiName = z.enum(Object.keys(API_KEYS) as [ApiName, ...ApiName[]]);
const at = { time: z.number().min(0) };
const lane = z.string().min(1);
const messageId = z.int().min(0);

/** Ghost: on whose behalf a message was sent; no component sees it. Transaction 0: before the first begin. */
const ghostSchema = z.strictObject({ instance: z.string(), transaction: z.int().min(0) });

const scalar = z.union([z.string(), z.number(), z.null()]);
const stateFieldsSchema = z.record(
  z.string(),
  z.union([
    scalar,
    z.array(z.string()),
    /** One entry a partition, or a producer id. */
    z.record(z.string(), z.union([scalar, z.record(z.string(), scalar)])),
  ]),
);
export type StateFields = z.infer<typeof stateFieldsSchema>;

export const traceEventSchema = z.discriminatedUnion('kind', [
  /** The script took this step (index into the scenario) or skipped it because it was not enabled. */
  z.strictObject({ kind: z.literal('step'), ...at, step: z.int().min(0), skipped: z.boolean() }),
  z.strictObject({
    kind: z.literal('sent'),
    ...at,
    message: messageId,
    leg: z.enum(['request', 'response']),
    /** Of a response: the request it answers. */
    answers: messageId.optional(),
    from: lane,
    to: lane,
    api: apiName,
    apiVersion: z.int().min(0),
    /** One line for people: the fields that matter. */
    text: z.string(),
    ghost: ghostSchema.optional(),
  }),
  /** `late`: the sender had given up on it (its connection was closed). */
  z.strictObject({ kind: z.literal('delivered'), ...at, message: messageId, late: z.boolean() }),
  z.strictObject({
    kind: z.literal('lost'),
    ...at,
    message: messageId,
    reason: z.enum(['fault', 'closed', 'down']),
  }),
  z.strictObject({ kind: z.literal('held'), ...at, message: messageId }),
  z.strictObject({ kind: z.literal('duplicated'), ...at, message: messageId, copy: messageId }),
  z.strictObject({ kind: z.literal('crashed'), ...at, lane }),
  z.strictObject({ kind: z.literal('restarted'), ...at, lane }),
  z.strictObject({
    kind: z.literal('appended'),
    ...at,
    lane,
    log: z.string(),
    offset: z.int().min(0),
    text: z.string(),
    /** The message whose handling appended it, if one did. */
    cause: messageId.optional(),
    /** Where one message carried several producers' markers: the transaction that this one ends. */
    ghost: ghostSchema.optional(),
  }),
  /** The log's high watermark moved: what lies below is durable and readable. */
  z.strictObject({
    kind: z.literal('replicated'),
    ...at,
    lane,
    log: z.string(),
    highWatermark: z.int().min(0),
  }),
  /** Published state of a participant, only when it changed. */
  z.strictObject({
    kind: z.literal('state'),
    ...at,
    lane,
    text: z.string(),
    /** Of a participant with several states: whose this is, for example a transactional id. */
    of: z.string().optional(),
    /** The same state field by field, in Kafka's names: what a view compares between two steps. */
    fields: stateFieldsSchema.optional(),
  }),
  /** The clock jumped because nothing else could happen, or because the script said so. */
  z.strictObject({ kind: z.literal('clock'), ...at, from: z.number().min(0) }),
  /** A history event (by index) was recorded: a call, its completion, an attempt, a crash. */
  z.strictObject({ kind: z.literal('history'), ...at, event: z.int().min(0) }),
]);
export type TraceEvent = z.infer<typeof traceEventSchema>;
