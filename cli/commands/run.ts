/** `run [CLAIM...]`: generated scenarios against the reference, judged by the claims. */

import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { runCampaign } from '../../properties/campaign/run-campaign.ts';
import type { Finding } from '../../reports/evidence/finding.ts';
import { EvidenceError } from '../../reports/evidence/errors.ts';
import { readFinding } from '../../reports/evidence/read.ts';
import type { RunResult } from '../../reports/evidence/run-result.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import { renderRunSummary } from '../../reports/run-summary/render-text.ts';
import { campaignProgress } from '../campaign-progress.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandClock } from '../environment.ts';
import { exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { Interruption } from '../interruption.ts';
import { OutputFolder } from '../output-folder.ts';
import { ProgressPrinter } from '../progress.ts';
import {
  DEFAULT_OUT,
  DEFAULT_SCENARIOS,
  parseRunOptions,
  type RunFlags,
  type RunRequest,
} from '../run-options.ts';
import type { Terminal } from '../terminal.ts';

export function addRunCommand(program: Command, context: CommandContext): void {
  program
    .command('run')
    .description('run generated scenarios with faults and judge what clients saw')
    .argument('[claim...]', 'claims to check (default: all; see `list claims`)')
    .option('--scenarios <n>', `how many (default: ${DEFAULT_SCENARIOS}, or until --time is up)`)
    .option('--time <duration>', 'stop after this long, for example 60s or 5m')
    .option('--seed <seed>', 'same seed, same scenarios (default: a fresh one, which is printed)')
    .option('--faults <names>', 'between commas, or none (default: all; see `list faults`)')
    .option('--transaction-version <version>', '0, 1 or 2 (default: 2)')
    .option(
      '--partition-verification <on|off>',
      'transaction.partition.verification.enable (default: on)',
    )
    .option('--mutant <id>', 'run a known defect instead of the reference (see `list mutants`)')
    .option('--workers <n>', 'threads (default: one a core); the result does not depend on it')
    .option('--out <folder>', `where evidence goes (default: ${DEFAULT_OUT})`)
    .option('--json', 'one JSON object on stdout, narration on stderr')
    .action(async (claims: string[], flags: RunFlags) => {
      context.exitWith(await run(parseRunOptions(claims, flags), context));
    });
}

async function run(request: RunRequest, context: CommandContext): Promise<ExitCode> {
  const { terminal } = context;
  const clock = new CommandClock('run', context.arguments);
  const folder = OutputFolder.open(request.out);
  const interruption = new Interruption();
  const progress = new ProgressPrinter(terminal);
  try {
    terminal.err(`${startLine(request)}\n`);
    const outcome = await runCampaign(
      { ...request, earlier: earlierFindings(folder, terminal) },
      {
        onProgress: (state) => progress.update(campaignProgress(state)),
        shouldStop: () => interruption.isRequested,
      },
    );
    progress.clear();
    const findings = outcome.findings
      .toSorted(violatedFirst)
      .map((finding) => folder.writeFinding(finding));
    const result = { ...outcome.result, findings };
    folder.writeCoverage(outcome.coverage);
    folder.writeResult(result);
    folder.writeEnvironment(clock.run());
    terminal.out(request.json ? toJson(result) : summary(result, terminal));
    return exitCodeOf({ verdict: result.verdict, interrupted: interruption.isRequested });
  } finally {
    interruption.dispose();
    folder.close();
  }
}

/** What the last lines offer to replay should be what matters most. */
function violatedFirst(a: Finding, b: Finding): number {
  return Number(b.status === 'violated') - Number(a.status === 'violated');
}

function startLine(request: RunRequest): string {
  const budget = [
    request.scenarios === null ? null : `${request.scenarios} scenarios`,
    request.timeMs === null ? null : `${request.timeMs / 1_000} s`,
  ].filter((part) => part !== null);
  const subject = request.mutant === null ? 'the reference' : `mutant ${request.mutant}`;
  return (
    `${TOOL.name} ${TOOL.version}: ${subject} under transaction version ` +
    `${request.transactionVersion}, ${budget.join(' or ')}, seed ${request.seed}`
  );
}

/** What an earlier run found is tried first. A file that cannot be read is left alone. */
function earlierFindings(folder: OutputFolder, terminal: Terminal): Finding[] {
  return folder.earlierFindings().flatMap((path) => {
    try {
      return [readFinding(readFileSync(path, 'utf8'), path).value];
    } catch (error) {
      if (!(error instanceof EvidenceError)) throw error;
      terminal.err(`warning: left out an earlier finding. ${error.message}\n`);
      return [];
    }
  });
}

function summary(result: RunResult, { columns, outStyle: style }: Terminal): string {
  return renderRunSummary(result, { columns, style });
}

function toJson(result: RunResult): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
