/** Clauses as data: what the protocol requires, where that is written, and how it is checked. */

import { z } from 'zod';

export const CLAUSES_SCHEMA_VERSION = 1;
export const CLAUSE_LEVELS = ['must', 'should', 'may'] as const;

const toolSchema = z.strictObject({ name: z.literal('onceproof'), version: z.string() });
const transactionVersion = z.int().min(0).max(2);

export const clauseStatementSchema = z.strictObject({
  /** `EOS-<AREA>-NN`; never used again, and a changed meaning gets a new one. */
  id: z.string().regex(/^EOS-[A-Z]+-\d\d$/),
  area: z.string(),
  level: z.enum(CLAUSE_LEVELS),
  requirement: z.string(),
  kips: z.array(z.strictObject({ id: z.string(), title: z.string(), link: z.url() })),
  /** Class and method of Apache Kafka. */
  kafka: z.string().nullable(),
  /** Under which transaction versions it applies. */
  transactionVersions: z.array(transactionVersion),
  /** Claims that fail of a history in which it was broken. */
  claims: z.array(z.string()),
  /** Directed tests of the reference, with the transaction versions under which they are asked. */
  tests: z.array(
    z.strictObject({ name: z.string(), transactionVersions: z.array(transactionVersion) }),
  ),
});
export type ClauseStatement = z.infer<typeof clauseStatementSchema>;

/** What `clauses --json` prints. */
export const clausesSchema = z.strictObject({
  kind: z.literal('clauses'),
  schemaVersion: z.literal(CLAUSES_SCHEMA_VERSION),
  tool: toolSchema,
  clauses: z.array(clauseStatementSchema),
});

export const CLAUSE_RESULTS_SCHEMA_VERSION = 1;

export const directedResultSchema = z.strictObject({
  name: z.string(),
  clause: z.string(),
  component: z.string(),
  status: z.enum(['holds', 'violated']),
  /** Steps that were taken, the one that came out otherwise included. */
  steps: z.int().min(1),
  /** The first step that came out otherwise. */
  difference: z.strictObject({ expected: z.string(), found: z.string() }).nullable(),
});
export type DirectedResult = z.infer<typeof directedResultSchema>;

/** What `clauses --check` found out. */
export const clauseResultsSchema = z.strictObject({
  kind: z.literal('clause-results'),
  schemaVersion: z.literal(CLAUSE_RESULTS_SCHEMA_VERSION),
  tool: toolSchema,
  verdict: z.enum(['holds', 'violated']),
  /** What was asked: the reference, or the reference with one known defect. */
  mutant: z.string().nullable(),
  transactionVersion,
  tests: z.array(directedResultSchema),
});
export type ClauseResults = z.infer<typeof clauseResultsSchema>;
