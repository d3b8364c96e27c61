/** What `check` found out: one object, printed by `check --json`. Counts are TLC's. */

import { z } from 'zod';

export const CHECK_RESULT_SCHEMA_VERSION = 1;

/** `expected`: broken by an anomaly that Kafka permits. `undecided`: the search of the scope ended before. */
export const PROPERTY_STATUSES = [
  'holds',
  'violated',
  'expected',
  'reached',
  'unreached',
  'undecided',
] as const;

const propertySchema = z.strictObject({
  name: z.string(),
  kind: z.enum(['always', 'sometimes', 'deadlock', 'fault']),
  status: z.enum(PROPERTY_STATUSES),
  sentence: z.string(),
  /** Catalogue number, KIP or class; null: it is the checker's own. */
  source: z.string().nullable(),
  /** Of a violated or expected one: a shortest trace to it, a line each; null: of others. */
  steps: z.array(z.string()).nullable(),
});
export type CheckedProperty = z.infer<typeof propertySchema>;

const countsSchema = {
  verdict: z.enum(['holds', 'violated', 'inconclusive']),
  reasons: z.array(z.string()),
  distinct: z.int().min(0),
  generated: z.int().min(0),
  /** Levels, of which initial states are the first; of several scopes the most. */
  depth: z.int().min(0),
  cpuSeconds: z.number().min(0),
  statesPerCpuSecond: z.int().min(0),
  bytesPerState: z.number().min(0),
};

const scopeSchema = z.strictObject({
  name: z.string(),
  bounds: z.string(),
  ...countsSchema,
  properties: z.array(propertySchema),
});
export type CheckedScope = z.infer<typeof scopeSchema>;

export const checkResultSchema = z.strictObject({
  kind: z.literal('check'),
  schemaVersion: z.literal(CHECK_RESULT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  transactionVersion: z.int().min(0).max(2),
  partitionVerification: z.boolean(),
  ...countsSchema,
  /** Each with the worst status that it has in a scope. */
  properties: z.array(
    z.strictObject({
      name: z.string(),
      kind: propertySchema.shape.kind,
      status: propertySchema.shape.status,
    }),
  ),
  /** In the order in which they were searched. */
  scopes: z.array(scopeSchema),
});
export type CheckResult = z.infer<typeof checkResultSchema>;
