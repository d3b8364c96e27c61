/** What machine and command line a command ran with, for whoever reads its evidence. Names no host and no user. */

import { arch, cpus, platform, release } from 'node:os';
import {
  ENVIRONMENT_SCHEMA_VERSION,
  type CommandRun,
  type Environment,
} from '../reports/evidence/environment.ts';
import { TOOL } from '../reports/evidence/tool.ts';

/** Started when it is made. */
export class CommandClock {
  readonly #command: string;
  readonly #arguments: readonly string[];
  readonly #started = new Date();

  constructor(command: string, arguments_: readonly string[]) {
    this.#command = command;
    this.#arguments = arguments_;
  }

  /** As of now. */
  run(): CommandRun {
    const processors = cpus();
    return {
      command: this.#command,
      arguments: [...this.#arguments],
      started: this.#started.toISOString(),
      durationMs: Date.now() - this.#started.getTime(),
      node: process.versions.node,
      platform: platform(),
      release: release(),
      architecture: arch(),
      cpu: processors[0]?.model.trim() ?? 'unknown',
      cores: Math.max(1, processors.length),
    };
  }
}

/** The folder's environment with this command's last run in place of an earlier one's. */
export function withCommand(earlier: Environment | null, run: CommandRun): Environment {
  const others = (earlier?.commands ?? []).filter(({ command }) => command !== run.command);
  return {
    kind: 'environment',
    schemaVersion: ENVIRONMENT_SCHEMA_VERSION,
    tool: TOOL,
    commands: [...others, run].toSorted((a, b) => (a.command < b.command ? -1 : 1)),
  };
}
