/**
 * Which cells (state x event) and transitions of the specification's machines the reference was seen to take, step by
 * step beside them, and why the others were not. Written by `run` as `coverage.json`, beside `run.json`.
 */

import { z } from 'zod';
import { runScopeSchema } from './run-result.ts';

export const COVERAGE_SCHEMA_VERSION = 1;

/**
 * `exercised`: taken at least once. `missed`: within reach of this run, and not taken; more scenarios may. `listed`: out
 * of reach of this run, with the reason. `impossible`: the machine itself holds that it is never taken.
 */
export const COVERAGE_STATUSES = ['exercised', 'missed', 'listed', 'impossible'] as const;
export type CoverageStatus = (typeof COVERAGE_STATUSES)[number];

const statusSchema = z.enum(COVERAGE_STATUSES);

/** A way to leave a cell. Its guard was true where it was taken, and false where a later one of its cell was. */
export const transitionCoverageSchema = z.strictObject({
  /** With its params; null: taken where none before it in the cell is. */
  guard: z.string().nullable(),
  /** Null: stays. */
  target: z.string().nullable(),
  actions: z.array(z.string()),
  status: statusSchema,
  /** How often it was taken. */
  times: z.int().min(0),
  /** What it would take: always told of what is `listed`, and of what is `missed` where it is known to be rare. */
  reason: z.string().nullable(),
});
export type TransitionCoverage = z.infer<typeof transitionCoverageSchema>;

export const cellCoverageSchema = z.strictObject({
  state: z.string(),
  /** A message or fault, or `always`: what follows by itself within a step. */
  event: z.string(),
  status: statusSchema,
  /** In the order in which they are asked. */
  transitions: z.array(transitionCoverageSchema).min(1),
});
export type CellCoverage = z.infer<typeof cellCoverageSchema>;

export const machineCoverageSchema = z.strictObject({
  /** As in docs/machines. */
  machine: z.string(),
  /** State by state, as in the chart. */
  cells: z.array(cellCoverageSchema),
});
export type MachineCoverage = z.infer<typeof machineCoverageSchema>;

export const coverageSchema = z.strictObject({
  kind: z.literal('coverage'),
  schemaVersion: z.literal(COVERAGE_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  seed: z.string(),
  scenarios: z.int().min(0),
  /** The bounds of the run; what is `listed` depends on them. */
  scope: runScopeSchema,
  machines: z.array(machineCoverageSchema),
});
export type Coverage = z.infer<typeof coverageSchema>;
