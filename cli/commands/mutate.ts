/** `mutate`: how many known defects the suite sees, and what it takes. */

import type { Command } from 'commander';
import {
  mutate as runMutation,
  type MutationProgress,
} from '../../properties/campaign/mutation.ts';
import type { MutationResult } from '../../reports/evidence/mutation.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import { mutantLine, renderMutation } from '../../reports/mutation/render-text.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandClock } from '../environment.ts';
import { exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { Interruption } from '../interruption.ts';
import { MUTANT_SCENARIOS, parseMutateOptions, type MutateFlags } from '../mutate-options.ts';
import { OutputFolder } from '../output-folder.ts';
import { ProgressPrinter, type Progress } from '../progress.ts';

export function addMutateCommand(program: Command, context: CommandContext): void {
  program
    .command('mutate')
    .description('run every known defect and count those that the claims of its row notice')
    .option(
      '--only <ids>',
      'mutants or whole tables between commas, for example C04,P (default: all)',
    )
    .option(
      '--time <duration>',
      'stop after this long; mutants whose turn did not come are not run',
    )
    .option('--scenarios <n>', `at most so many a mutant (default: ${MUTANT_SCENARIOS})`)
    .option('--seed <seed>', 'same seed, same scenarios (default: 1)')
    .option('--workers <n>', 'processes (default: one a core); the result does not depend on it')
    .option('--out <folder>', 'write mutation.json and the counterexamples there')
    .option('--json', 'one JSON object on stdout, narration on stderr')
    .action(async (flags: MutateFlags) => {
      context.exitWith(await mutate(flags, context));
    });
}

async function mutate(flags: MutateFlags, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const clock = new CommandClock('mutate', context.arguments);
  const { json, out, ...options } = parseMutateOptions(flags);
  const folder = out === null ? null : OutputFolder.open(out);
  const interruption = new Interruption();
  const progress = new ProgressPrinter(terminal);
  try {
    terminal.err(
      `${TOOL.name} ${TOOL.version}: ${options.mutants.length} mutants, at most ` +
        `${options.scenarios} scenarios each, seed ${options.seed}\n`,
    );
    const { result, findings } = await runMutation(options, {
      onProgress: (state) => progress.update(progressOf(state)),
      shouldStop: () => interruption.isRequested,
    });
    progress.clear();
    for (const finding of findings) folder?.writeFinding(finding);
    folder?.writeMutation(result);
    folder?.writeEnvironment(clock.run());
    const { columns, outStyle: style } = terminal;
    terminal.out(
      json ? `${JSON.stringify(result, null, 2)}\n` : renderMutation(result, { columns, style }),
    );
    return exitCodeOf({ verdict: verdictOf(result), interrupted: interruption.isRequested });
  } finally {
    interruption.dispose();
    folder?.close();
  }
}

/** A survivor, or an alarm of the reference, says that the suite cannot be trusted. */
function verdictOf({
  mutants,
  reference,
  partial,
}: MutationResult): 'holds' | 'violated' | 'inconclusive' {
  const survived = mutants.some(({ status }) => status === 'survived');
  if (survived || reference.some(({ alarms }) => alarms.length > 0)) return 'violated';
  return partial ? 'inconclusive' : 'holds';
}

function progressOf({ done, total, survived, last, elapsedMs }: MutationProgress): Progress {
  return {
    elapsedMs,
    share: done / total,
    text: `${done} of ${total} mutants, ${survived} survived; ${mutantLine(last)}`,
  };
}
