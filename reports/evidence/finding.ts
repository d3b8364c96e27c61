/** A finding: one self-contained counterexample. `replay` needs this file and nothing else. */

import { z } from 'zod';
import { historyEventSchema } from './history.ts';
import { scenarioSchema } from './scenario.ts';
import { traceEventSchema } from './trace.ts';

export const FINDING_SCHEMA_VERSION = 1;

export const violationSchema = z.strictObject({
  /** One sentence with the names that matter. */
  message: z.string(),
  /** The two offending events, as indexes into `history`. */
  events: z.tuple([z.int().min(0), z.int().min(0)]),
  /** The argument, a statement a line, ending in the contradiction. */
  why: z.array(z.string()).min(1),
});
export type Violation = z.infer<typeof violationSchema>;

export const shrinkAttemptSchema = z.strictObject({
  stage: z.enum(['generated', 'fast-check', 're-search']),
  /** Client steps and faults. */
  steps: z.int().min(0),
  choices: z.int().min(0),
  /** Runs tried since the last row. */
  tried: z.int().min(0),
});

export const findingSchema = z.strictObject({
  kind: z.literal('finding'),
  schemaVersion: z.literal(FINDING_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  /** A claim's name, or `Refinement` when the reference left what the model allows. */
  claim: z.string(),
  status: z.enum(['violated', 'expected']),
  /** Why it is expected: the anomaly that Kafka permits, and where that is written. */
  permitted: z.strictObject({ anomaly: z.string(), source: z.string() }).nullable(),
  seed: z.string(),
  mutant: z.string().nullable(),
  scenario: scenarioSchema,
  violation: violationSchema,
  history: z.array(historyEventSchema),
  trace: z.array(traceEventSchema),
  shrink: z.array(shrinkAttemptSchema),
});
export type Finding = z.infer<typeof findingSchema>;
