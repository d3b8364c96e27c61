/** `judge HISTORY`: what clients of any system saw, judged by every claim that the history has the events for. */

import type { Command } from 'commander';
import { CLAIM_NAMES } from '../../properties/claim-names.ts';
import { CLAIMS } from '../../properties/claims/all-claims.ts';
import { HistoryJudge } from '../../properties/judge/history-judge.ts';
import type { CitedViolation, Judgement } from '../../reports/evidence/judgement.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import { renderJudgement } from '../../reports/judgement/render-text.ts';
import type { CommandContext } from '../command-context.ts';
import { exitCodeOf, type ExitCode } from '../exit-codes.ts';
import {
  eventsOnLines,
  historyName,
  readHistoryFile,
  refuseTooLarge,
  STANDARD_INPUT,
} from '../history-file.ts';
import { parseNames } from '../option-values.ts';
import { OutputFolder } from '../output-folder.ts';
import { ProgressPrinter } from '../progress.ts';
import type { Terminal } from '../terminal.ts';

interface JudgeFlags {
  readonly claims?: string;
  readonly anomalies?: boolean;
  readonly json?: boolean;
  readonly out?: string;
}

export function addJudgeCommand(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('judge')
    .description('judge a history of what clients saw, of any system (docs/JUDGE.md)')
    .argument('<history>', 'JSON Lines, or .gz of it; - is standard input')
    .option('--claims <names>', 'these alone, between commas (default: all, and anomalies)')
    .option('--anomalies', 'with --claims: look for the anomalies too')
    .option('--out <folder>', 'write judgement.json there')
    .option('--json', 'one JSON object on stdout, narration on stderr')
    .action(async (path: string, flags: JudgeFlags) => {
      exitWith(await judge(path, flags, terminal));
    });
}

async function judge(path: string, flags: JudgeFlags, terminal: Terminal): Promise<ExitCode> {
  const names =
    flags.claims === undefined ? CLAIM_NAMES : parseNames('claim', flags.claims, CLAIM_NAMES);
  const folder = flags.out === undefined ? null : OutputFolder.open(flags.out);
  try {
    const claims = CLAIMS.filter(({ name }) => names.includes(name));
    const anomalies = flags.claims === undefined || flags.anomalies === true;
    const judging = new HistoryJudge(historyName(path), claims, { anomalies });
    const judgement = await judgementOf(path, judging, terminal);
    folder?.writeJudgement(judgement);
    const { columns, outStyle: style } = terminal;
    terminal.out(
      flags.json === true ? toJson(judgement) : renderJudgement(judgement, { columns, style }),
    );
    return exitCodeOf({ verdict: judgement.verdict, interrupted: false });
  } finally {
    folder?.close();
  }
}

async function judgementOf(
  path: string,
  judging: HistoryJudge,
  terminal: Terminal,
): Promise<Judgement> {
  const progress = new ProgressPrinter(terminal);
  const startMs = performance.now();
  terminal.err(`${TOOL.name} ${TOOL.version}: judging ${JSON.stringify(historyName(path))}\n`);
  const header = await readHistoryFile(path, {
    onEvent: (event, columnOf) => judging.add(event, columnOf),
    onChunk: (bytes, total) => {
      const elapsedMs = performance.now() - startMs;
      const seconds = (elapsedMs / 1_000).toFixed(1);
      const text = `${judging.operations} operations read, ${Math.round(bytes / 1e6)} MB, ${seconds} s`;
      progress.update({ elapsedMs, share: total === null ? 0 : bytes / total, text });
    },
  });
  const judgement = judging.judgement(header, (name) => {
    refuseTooLarge(historyName(path));
    const elapsedMs = performance.now() - startMs;
    const seconds = (elapsedMs / 1_000).toFixed(1);
    progress.update({
      elapsedMs,
      share: 1,
      text: `${judging.operations} operations: ${name}, ${seconds} s`,
    });
  });
  progress.clear();
  if (path !== STANDARD_INPUT) return withEvents(judgement, path);
  if (judgement.verdict === 'violated') {
    terminal.err(
      'Standard input cannot be read twice: the offending events are given by their lines only.\n',
    );
  }
  return judgement;
}

/** Nobody kept the events: the file is read again for those that a violation cites. */
async function withEvents(judgement: Judgement, path: string): Promise<Judgement> {
  const violations = [
    ...judgement.claims.map(({ violation }) => violation),
    ...judgement.anomalies.map(({ first }) => first),
  ];
  const lines = violations.flatMap((violation) => violation?.events.map(({ line }) => line) ?? []);
  const events = await eventsOnLines(path, new Set(lines));
  const cited = (violation: CitedViolation | null): CitedViolation | null => {
    if (violation === null) return null;
    const [first, second] = violation.events;
    return {
      ...violation,
      events: [
        { ...first, event: events.get(first.line) ?? null },
        { ...second, event: events.get(second.line) ?? null },
      ],
    };
  };
  return {
    ...judgement,
    claims: judgement.claims.map((claim) => ({ ...claim, violation: cited(claim.violation) })),
    anomalies: judgement.anomalies.map((anomaly) => ({ ...anomaly, first: cited(anomaly.first) })),
  };
}

/** JSON itself leaves the control characters of Latin-1 as they are. */
function toJson(judgement: Judgement): string {
  const text = JSON.stringify(judgement, null, 2).replaceAll(
    /[\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${text}\n`;
}
