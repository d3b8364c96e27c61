/** `npm run conformance -- TABLE.json`: replays a table of measured answers on the reference. */

import { readFileSync } from 'node:fs';
import { answerTableSchema, type AnswerRow } from '../properties/conformance/answer-table.ts';
import { replayTable, type RowResult } from '../properties/conformance/replay.ts';
import { UsageError } from './errors.ts';
import { EXIT_CODES, type ExitCode } from './exit-codes.ts';
import { processTerminal } from './terminal.ts';

const terminal = processTerminal();
try {
  process.exitCode = conformance(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  terminal.err(`${error.message}\n`);
  process.exitCode = EXIT_CODES.usage;
}

function conformance(files: readonly string[]): ExitCode {
  const [file] = files;
  if (file === undefined || files.length > 1) {
    throw new UsageError(
      `Expected one table of measured answers, found ${files.length} arguments: npm run conformance -- TABLE.json`,
    );
  }
  const results = replayTable(readTable(file));
  terminal.out(render(results));
  const failed = results.some(({ outcome }) => outcome === 'failed');
  return failed ? EXIT_CODES.violated : EXIT_CODES.held;
}

function readTable(file: string): readonly AnswerRow[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `Expected a table of measured answers in JSON, found "${file}": ${found}.`,
      {
        cause,
      },
    );
  }
  const table = answerTableSchema.safeParse(parsed);
  if (table.success) return table.data;
  const { path, message } = table.error.issues[0]!;
  throw new UsageError(
    `${file}, at ${path.join('.') || 'the top'}: ${message}. A table is an array of rows as properties/conformance/README.md describes them.`,
  );
}

function render(results: readonly RowResult[]): string {
  const count = (wanted: RowResult['outcome']): number =>
    results.filter(({ outcome }) => outcome === wanted).length;
  const failed = results
    .filter(({ outcome }) => outcome === 'failed')
    .flatMap(({ id, reasons }) => [`FAILED ${id}`, ...reasons.map((reason) => `  ${reason}`)]);
  return `${[
    ...failed,
    ...inapplicable(results),
    `${count('passed')} rows passed, ${count('failed')} failed, ${count('not-applicable')} not applicable`,
  ].join('\n')}\n`;
}

/** By reason, with the rows. */
function inapplicable(results: readonly RowResult[]): string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, outcome, reasons } of results) {
    if (outcome !== 'not-applicable') continue;
    for (const reason of reasons) {
      const why = reason.replace(/ \([^()]*\)$/, '');
      byReason.set(why, [...(byReason.get(why) ?? []), id]);
    }
  }
  return [...byReason].flatMap(([reason, ids]) => [
    `not applicable: ${reason} (${ids.length})`,
    ...ids.map((id) => `  ${id}`),
  ]);
}
