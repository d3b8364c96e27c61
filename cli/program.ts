/**
 * The command line: one command a file in `commands/`. What a user can put right is one paragraph on stderr and exit
 * code 4; what is our fault is exit code 5 and asks for a report.
 */

import { Command, CommanderError } from 'commander';
import { ConflictingEvidenceError } from '../reports/conformance/errors.ts';
import { EvidenceError } from '../reports/evidence/errors.ts';
import { TOOL } from '../reports/evidence/tool.ts';
import { printable } from '../reports/terminal/printable.ts';
import { wrap } from '../reports/terminal/wrap.ts';
import type { CommandContext } from './command-context.ts';
import { addCheckCommand } from './commands/check.ts';
import { addClausesCommand } from './commands/clauses.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addInspectCommand } from './commands/inspect.ts';
import { addJudgeCommand } from './commands/judge.ts';
import { addListCommand } from './commands/list.ts';
import { addMutateCommand } from './commands/mutate.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addReportCommand } from './commands/report.ts';
import { addRunCommand } from './commands/run.ts';
import { addWalkCommand } from './commands/walk.ts';
import { UsageError } from './errors.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

const EXIT_CODE_HELP = `
Exit codes: 0 held, 1 violated, 2 inconclusive, 3 subject unavailable, 4 usage, 5 internal error, 130 interrupted.`;

/** Runs one command; never throws. */
export async function runCommandLine(
  arguments_: readonly string[],
  terminal: Terminal,
): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT_CODES.held;
  const context: CommandContext = {
    terminal,
    arguments: arguments_,
    exitWith: (code) => {
      exitCode = code;
    },
  };
  try {
    await program(context).parseAsync(arguments_, { from: 'user' });
    return exitCode;
  } catch (error) {
    return report(error, terminal);
  }
}

function program(context: CommandContext): Command {
  const { terminal } = context;
  const onceproof = new Command(TOOL.name)
    .description('Model-check and property-test exactly-once delivery as in Kafka transactions')
    .version(TOOL.version)
    .showSuggestionAfterError(true)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.out,
      writeErr: () => undefined,
      getOutHelpWidth: () => terminal.columns,
    })
    .addHelpText('after', EXIT_CODE_HELP);
  addRunCommand(onceproof, context);
  addReplayCommand(onceproof, context);
  addInspectCommand(onceproof, context);
  addCheckCommand(onceproof, context);
  addMutateCommand(onceproof, context);
  addExplainCommand(onceproof, context);
  addClausesCommand(onceproof, context);
  addJudgeCommand(onceproof, context);
  addListCommand(onceproof, context);
  addWalkCommand(onceproof, context);
  addReportCommand(onceproof, context);
  return onceproof;
}

function report(error: unknown, terminal: Terminal): ExitCode {
  if (error instanceof CommanderError) return reportCommander(error, terminal);
  if (
    error instanceof UsageError ||
    error instanceof EvidenceError ||
    error instanceof ConflictingEvidenceError
  ) {
    return paragraph(error.message, terminal);
  }
  const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
  terminal.err(
    `${TOOL.name} ${TOOL.version} on Node ${process.versions.node} failed; this is a defect of the tool and says ` +
      `nothing about the subject. Please report it with the command line and what follows.\n${trace}\n`,
  );
  return EXIT_CODES.internal;
}

/** Help and version end in an error of code 0 as well. */
function reportCommander(error: CommanderError, terminal: Terminal): ExitCode {
  if (error.exitCode === 0) return EXIT_CODES.held;
  if (error.code === 'commander.help') {
    return paragraph(`Expected a command. See \`${TOOL.name} --help\`.`, terminal);
  }
  const found = error.message.replace(/^error: /, '').replaceAll('\n', ' ');
  return paragraph(
    `${found.charAt(0).toUpperCase()}${found.slice(1).replace(/\.?$/, '.')} See \`${TOOL.name} --help\`.`,
    terminal,
  );
}

function paragraph(text: string, terminal: Terminal): ExitCode {
  const [first = '', ...rest] = wrap(printable(text), Math.max(terminal.columns, 60));
  terminal.err(`${[terminal.errStyle.red(first), ...rest].join('\n')}\n`);
  return EXIT_CODES.usage;
}
