/** A conformance report: evidence of one subject, added up, with everything that was not checked. */

import { z } from 'zod';
import { clauseStatementSchema } from './clause.ts';
import { COVERAGE_STATUSES } from './coverage.ts';
import { commandRunSchema } from './environment.ts';
import { judgedAnomalySchema } from './judgement.ts';
import { mutationResultSchema } from './mutation.ts';
import { CLAIM_STATUSES, faultCountSchema } from './run-result.ts';

export const CONFORMANCE_REPORT_SCHEMA_VERSION = 1;

/**
 * `conformant`: every must clause that applies holds, and nothing is violated. `partial`: what was exercised holds, and
 * some of what must be was not exercised. `inconclusive`: no must clause was exercised.
 */
export const CONFORMANCE_VERDICTS = [
  'conformant',
  'partial',
  'non-conformant',
  'inconclusive',
  'unavailable',
] as const;

const status = z.enum(CLAIM_STATUSES);

/** How strong a status is: a pass of ten scenarios and one of a million are not the same. */
export const strengthSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('sampled'),
    claim: z.string(),
    scenarios: z.int().min(0),
    seeds: z.array(z.string()),
    /** Scenarios in which it could have failed. */
    witnessed: z.int().min(0),
    /**
     * With 95 % confidence at most this share of such scenarios, drawn as these were, violates it: 3 / witnessed.
     * Null: it was violated, or never witnessed.
     */
    bound: z.number().min(0).max(1).nullable(),
  }),
  z.strictObject({
    kind: z.literal('observed'),
    claim: z.string(),
    /** Histories of the subject that were judged. */
    histories: z.int().min(0),
    operations: z.int().min(0),
    /** Histories in which it could have failed. */
    witnessed: z.int().min(0),
  }),
  z.strictObject({
    kind: z.literal('directed'),
    tests: z.int().min(1),
    /** Requests and events that were put to the reference. */
    steps: z.int().min(1),
  }),
]);
export type Strength = z.infer<typeof strengthSchema>;

export const reportedClaimSchema = z.strictObject({
  name: z.string(),
  statement: z.string(),
  source: z.string(),
  status,
  /** Why it is neither held nor violated; what to do. */
  reason: z.string().nullable(),
  witness: z.strictObject({ situation: z.string(), reached: z.int().min(0) }),
  violations: z.int().min(0),
  evidence: z.array(strengthSchema),
});
export type ReportedClaim = z.infer<typeof reportedClaimSchema>;

export const reportedClauseSchema = z.strictObject({
  ...clauseStatementSchema.omit({ tests: true, claims: true }).shape,
  status,
  reason: z.string().nullable(),
  checks: z.array(
    z.strictObject({
      by: z.enum(['claim', 'directed test']),
      name: z.string(),
      status,
      /** Of a directed test that failed: the first step that came out otherwise. */
      difference: z.strictObject({ expected: z.string(), found: z.string() }).nullable(),
    }),
  ),
  evidence: z.array(strengthSchema),
});
export type ReportedClause = z.infer<typeof reportedClauseSchema>;

export const reportedFindingSchema = z.strictObject({
  claim: z.string(),
  status: z.enum(['violated', 'expected']),
  message: z.string(),
  why: z.array(z.string()),
  permitted: z.strictObject({ anomaly: z.string(), source: z.string() }).nullable(),
  /** Of a scenario; null: it was found in a history from outside. */
  seed: z.string().nullable(),
  /** Client steps and faults; null as well. */
  steps: z.int().min(0).nullable(),
  file: z.string(),
  /** The command that shows it again. */
  replay: z.string(),
  /** The counterexample as a page, relative to the report; null: none was written. */
  page: z
    .string()
    .regex(/^[\w.-]+(?:\/[\w.-]+)*$/)
    .nullable(),
});
export type ReportedFinding = z.infer<typeof reportedFindingSchema>;

/** A machine of the specification; a cell is a state and what may reach it there. */
export const reportedMachineSchema = z.strictObject({
  machine: z.string(),
  cells: z.array(
    z.strictObject({
      state: z.string(),
      event: z.string(),
      status: z.enum(COVERAGE_STATUSES),
      times: z.int().min(0),
      /** Why it was not exercised, where that is known. */
      reason: z.string().nullable(),
    }),
  ),
});
export type ReportedMachine = z.infer<typeof reportedMachineSchema>;

export const usedEvidenceSchema = z.strictObject({
  kind: z.string(),
  file: z.string(),
  toolVersion: z.string(),
  /** What it adds, in words. */
  summary: z.string(),
  /** Interrupted, or out of time. */
  partial: z.boolean(),
});
export type UsedEvidence = z.infer<typeof usedEvidenceSchema>;

export const subjectSchema = z.strictObject({
  /** The reference, or a system whose histories were judged. */
  kind: z.enum(['reference', 'system']),
  name: z.string(),
  mutant: z.string().nullable(),
  /** Null: a history does not say. */
  transactionVersion: z.int().min(0).max(2).nullable(),
  /** Null: no evidence depends on it. */
  partitionVerification: z.boolean().nullable(),
});
export type Subject = z.infer<typeof subjectSchema>;

export const conformanceReportSchema = z.strictObject({
  kind: z.literal('conformance-report'),
  schemaVersion: z.literal(CONFORMANCE_REPORT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  /** When the newest evidence was gathered, by its environment; null: nobody noted it. */
  gathered: z.iso.datetime().nullable(),
  subject: subjectSchema,
  verdict: z.strictObject({
    value: z.enum(CONFORMANCE_VERDICTS),
    /** One sentence. */
    reason: z.string(),
    /** Must clauses that apply, and those of them that hold, permitted anomalies included. */
    must: z.strictObject({ held: z.int().min(0), total: z.int().min(0) }),
  }),
  /** Some evidence is of a run that was interrupted or out of time. */
  partial: z.boolean(),
  scope: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  evidence: z.array(usedEvidenceSchema),
  claims: z.array(reportedClaimSchema),
  clauses: z.array(reportedClauseSchema),
  findings: z.array(reportedFindingSchema),
  /** What judgements looked for beside the claims. */
  anomalies: z.array(
    judgedAnomalySchema
      .pick({ name: true, statement: true, verdict: true, status: true, count: true, reason: true })
      .extend({ file: z.string() }),
  ),
  refinement: z.strictObject({ status, steps: z.int().min(0), reason: z.string().nullable() }),
  coverage: z.array(reportedMachineSchema),
  faults: z.array(faultCountSchema),
  mutation: mutationResultSchema.pick({ killed: true, total: true, mutants: true }).nullable(),
  notChecked: z.array(z.strictObject({ what: z.string(), why: z.string() })),
  environment: z.array(commandRunSchema),
  reproduce: z.array(z.string()),
});
export type ConformanceReport = z.infer<typeof conformanceReportSchema>;
