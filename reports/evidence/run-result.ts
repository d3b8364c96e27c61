/** What `run` found out: one object, printed by `run --json` and written beside the findings. */

import { z } from 'zod';
import { FAULT_KINDS } from './scenario.ts';

export const RUN_RESULT_SCHEMA_VERSION = 1;

/** Of a claim, and of a run. `expected` is a permitted anomaly whose cause a named predicate recognised. */
export const CLAIM_STATUSES = [
  'holds',
  'violated',
  'inconclusive',
  'expected',
  'unavailable',
  'not-applicable',
] as const;
export const VERDICTS = ['holds', 'violated', 'inconclusive', 'unavailable'] as const;

export const claimResultSchema = z.strictObject({
  name: z.string(),
  status: z.enum(CLAIM_STATUSES),
  /** The situation that makes the claim bite, and in how many scenarios it was reached. */
  witness: z.strictObject({ situation: z.string(), reached: z.int().min(0) }),
  /** Scenarios that violated it, permitted or not. */
  violations: z.int().min(0),
  /** Why it is neither held nor violated; what to do. */
  reason: z.string().nullable(),
});
export type ClaimResult = z.infer<typeof claimResultSchema>;

export const faultCountSchema = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  armed: z.int().min(0),
  fired: z.int().min(0),
});

/** The bounds under which a verdict stands. */
export const runScopeSchema = z.strictObject({
  transactionVersion: z.int().min(0).max(2),
  partitionVerification: z.boolean(),
  producers: z.string(),
  partitions: z.string(),
  steps: z.string(),
  faults: z.array(z.enum(FAULT_KINDS)),
  mutant: z.string().nullable(),
});

/** Of one machine's cells, or of its transitions. */
const coverageCountSchema = z.strictObject({
  exercised: z.int().min(0),
  /** Exercised ones among them. */
  reachable: z.int().min(0),
  /** Out of reach of this run, each with its reason in the coverage file. */
  listed: z.int().min(0),
});
export type CoverageCount = z.infer<typeof coverageCountSchema>;

export const runResultSchema = z.strictObject({
  kind: z.literal('run'),
  schemaVersion: z.literal(RUN_RESULT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  verdict: z.enum(VERDICTS),
  /** One sentence for each thing that keeps the verdict from `holds`. */
  reasons: z.array(z.string()),
  /** True when interrupted or out of time: what is here is what was known then. */
  partial: z.boolean(),
  seed: z.string(),
  scenarios: z.int().min(0),
  scope: runScopeSchema,
  claims: z.array(claimResultSchema),
  /** The reference's coordinators, leaders and producers against the model's, lock-step. */
  refinement: z.strictObject({
    status: z.enum(['holds', 'violated', 'inconclusive', 'not-applicable']),
    steps: z.int().min(0),
    reason: z.string().nullable(),
  }),
  /** What of the specification's machines the refinement saw the reference do; null: nothing was compared. */
  coverage: z
    .strictObject({ cells: coverageCountSchema, transitions: coverageCountSchema })
    .nullable(),
  faults: z.array(faultCountSchema),
  /** Script steps that were not enabled when their turn came. */
  skippedSteps: z.int().min(0),
  findings: z.array(z.string()),
});
export type RunResult = z.infer<typeof runResultSchema>;
