/**
 * Where evidence came from: machine, runtime and command line. Apart from the results, so that the same seed still
 * gives the same bytes of those.
 */

import { z } from 'zod';

export const ENVIRONMENT_SCHEMA_VERSION = 1;

export const commandRunSchema = z.strictObject({
  /** `run`, `mutate` or `clauses`. */
  command: z.string(),
  /** As given, without the program's own name. */
  arguments: z.array(z.string()),
  /** ISO 8601, in UTC. */
  started: z.iso.datetime(),
  durationMs: z.number().min(0),
  node: z.string(),
  platform: z.string(),
  release: z.string(),
  architecture: z.string(),
  cpu: z.string(),
  cores: z.int().min(1),
});
export type CommandRun = z.infer<typeof commandRunSchema>;

/** `environment.json` of an output folder: for each command, its last run there. */
export const environmentSchema = z.strictObject({
  kind: z.literal('environment'),
  schemaVersion: z.literal(ENVIRONMENT_SCHEMA_VERSION),
  tool: z.strictObject({ name: z.literal('onceproof'), version: z.string() }),
  commands: z.array(commandRunSchema),
});
export type Environment = z.infer<typeof environmentSchema>;
