/** What `judge` found out of a history from outside: one object, printed by `judge --json` and written by `--out`. */

import { z } from 'zod';
import { historyEventSchema } from './history.ts';

export const JUDGEMENT_SCHEMA_VERSION = 1;

export const judgedStatuses = ['holds', 'violated', 'inconclusive', 'not-applicable'] as const;

/** An event of the history, by the line of the file on which it stands. */
export const citedEventSchema = z.strictObject({
  line: z.int().min(2),
  /** Null: the history was read from standard input, which cannot be read a second time. */
  event: historyEventSchema.nullable(),
});
export type CitedEvent = z.infer<typeof citedEventSchema>;

export const citedViolationSchema = z.strictObject({
  /** One sentence with the names that matter. */
  message: z.string(),
  /** The argument, a statement a line, ending in the contradiction. It cites events as `line 7`. */
  why: z.array(z.string()).min(1),
  /** The two offending events. */
  events: z.tuple([citedEventSchema, citedEventSchema]),
});
export type CitedViolation = z.infer<typeof citedViolationSchema>;

export const judgedClaimSchema = z.strictObject({
  name: z.string(),
  statement: z.string(),
  status: z.enum(judgedStatuses),
  /** The situation that makes the claim bite, and whether the history has it. */
  witness: z.strictObject({ situation: z.string(), reached: z.boolean() }),
  violation: citedViolationSchema.nullable(),
  /** Why it is neither held nor violated. */
  reason: z.string().nullable(),
});
export type JudgedClaim = z.infer<typeof judgedClaimSchema>;

export const judgedAnomalySchema = z.strictObject({
  name: z.string(),
  statement: z.string(),
  /** Whether Kafka forbids it, or allows it and it is reported for information. */
  verdict: z.enum(['forbidden', 'allowed']),
  /** `not-asked`: it was not looked for, so that it may be there. */
  status: z.enum(['absent', 'found', 'not-applicable', 'not-asked']),
  /** How often. */
  count: z.int().min(0),
  /** The first one. */
  first: citedViolationSchema.nullable(),
  /** Why it was not looked for. */
  reason: z.string().nullable(),
});
export type JudgedAnomaly = z.infer<typeof judgedAnomalySchema>;

/** A rule of histories that was not checked everywhere: a recorder may have broken it. */
export const uncheckedRuleSchema = z.strictObject({ rule: z.string(), reason: z.string() });

export const judgementSchema = z.strictObject({
  kind: z.literal('judgement'),
  schemaVersion: z.literal(JUDGEMENT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  /** The history's file, or `standard input`. */
  file: z.string(),
  /** What was observed, by the history's header. */
  subject: z.string(),
  verdict: z.enum(['holds', 'violated', 'inconclusive']),
  /** One sentence for each thing that keeps the verdict from `holds`. */
  reasons: z.array(z.string()),
  /** What was judged. */
  scope: z.strictObject({
    events: z.int().min(0),
    operations: z.int().min(0),
    /** Producer instances. */
    producers: z.int().min(0),
    transactions: z.int().min(0),
    sends: z.int().min(0),
    recordsRead: z.int().min(0),
    attempts: z.int().min(0),
  }),
  claims: z.array(judgedClaimSchema),
  anomalies: z.array(judgedAnomalySchema),
  /** Rules of histories that need what was forgotten, since no claim that was asked for needs it. */
  unchecked: z.array(uncheckedRuleSchema),
});
export type Judgement = z.infer<typeof judgementSchema>;
