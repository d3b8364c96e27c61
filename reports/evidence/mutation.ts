/** What `mutate` found out: how many known defects the suite sees, and what it took. */

import { z } from 'zod';

export const MUTATION_SCHEMA_VERSION = 1;

/** `not-run`: the time was up before its turn. */
export const MUTANT_STATUSES = ['killed', 'survived', 'not-run'] as const;

export const mutantResultSchema = z.strictObject({
  /** Row of the mutation table, for example `C04`. */
  id: z.string(),
  /** What was forgotten. */
  name: z.string(),
  status: z.enum(MUTANT_STATUSES),
  /** Claims that killed it; of its row's, nothing else is judged. */
  claims: z.array(z.string()),
  /** Claims that its row names. */
  row: z.array(z.string()),
  /** Why generated scenarios are known not to kill it; null: they are held to. */
  gap: z.string().nullable(),
  transactionVersion: z.int().min(0).max(2),
  partitionVerification: z.boolean(),
  /** Generated scenarios up to and with the chunk of the first violation. */
  scenarios: z.int().min(0),
  /** Shrinking included. */
  cpuSeconds: z.number().min(0),
  /** Client steps and faults of its shortest counterexample; null: it was not killed. */
  steps: z.int().min(0).nullable(),
  /** The same before shrinking. */
  stepsGenerated: z.int().min(0).nullable(),
});
export type MutantResult = z.infer<typeof mutantResultSchema>;

export const mutationResultSchema = z.strictObject({
  kind: z.literal('mutation'),
  schemaVersion: z.literal(MUTATION_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  seed: z.string(),
  /** At most so many generated scenarios a mutant. */
  scenariosPerMutant: z.int().min(1),
  killed: z.int().min(0),
  total: z.int().min(0),
  /** True when interrupted or out of time: some mutants are `not-run`. */
  partial: z.boolean(),
  cpuSeconds: z.number().min(0),
  mutants: z.array(mutantResultSchema),
  /**
   * The reference itself on the same scenarios, all claims judged: what alarms here would have killed anything. One
   * row for each setting that a mutant ran under, with as many scenarios as the hardest of its mutants took.
   */
  reference: z.array(
    z.strictObject({
      transactionVersion: z.int().min(0).max(2),
      partitionVerification: z.boolean(),
      scenarios: z.int().min(0),
      /** Claims that it violated, permitted anomalies apart. */
      alarms: z.array(z.string()),
    }),
  ),
});
export type MutationResult = z.infer<typeof mutationResultSchema>;
