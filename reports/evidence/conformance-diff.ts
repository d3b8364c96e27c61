/** What changed between two conformance reports, claim by claim and clause by clause; never only totals. */

import { z } from 'zod';
import { subjectSchema } from './conformance-report.ts';
import { CLAIM_STATUSES } from './run-result.ts';

export const CONFORMANCE_DIFF_SCHEMA_VERSION = 1;

/**
 * `weaker-evidence`: it held and is not known to any more, or the same status rests on much less. `new` and `gone`: one
 * of the two reports does not have it.
 */
export const CHANGES = [
  'new-fail',
  'still-failing',
  'weaker-evidence',
  'fixed',
  'stronger-evidence',
  'new',
  'gone',
] as const;

export const conformanceChangeSchema = z.strictObject({
  /** A claim's name or a clause's id. */
  name: z.string(),
  of: z.enum(['claim', 'clause']),
  change: z.enum(CHANGES),
  /** Null: the report does not have it. */
  before: z.enum(CLAIM_STATUSES).nullable(),
  after: z.enum(CLAIM_STATUSES).nullable(),
  /** One sentence. */
  why: z.string(),
});
export type ConformanceChange = z.infer<typeof conformanceChangeSchema>;

const side = z.strictObject({
  toolVersion: z.string(),
  subject: subjectSchema,
  verdict: z.string(),
});

export const conformanceDiffSchema = z.strictObject({
  kind: z.literal('conformance-diff'),
  schemaVersion: z.literal(CONFORMANCE_DIFF_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  before: side,
  after: side,
  /** Worst first. */
  changes: z.array(conformanceChangeSchema),
  /** Claims and clauses that are as they were. */
  unchanged: z.int().min(0),
});
export type ConformanceDiff = z.infer<typeof conformanceDiffSchema>;
