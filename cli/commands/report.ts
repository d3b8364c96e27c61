/** `report [INPUT...]`: adds evidence up to a conformance report; `report --diff A B`: what changed between two. */

import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import { CLAIMS } from '../../properties/claims/all-claims.ts';
import { CLAUSES } from '../../properties/clauses/clauses.ts';
import { statementOf } from '../../properties/clauses/statement.ts';
import { conformanceReport } from '../../reports/conformance/build.ts';
import { conformanceDiff } from '../../reports/conformance/diff.ts';
import type { ConformanceDiff } from '../../reports/evidence/conformance-diff.ts';
import type { ConformanceReport } from '../../reports/evidence/conformance-report.ts';
import type { ConformanceInputs } from '../../reports/conformance/inputs.ts';
import { writeCounterexamplePage } from '../counterexample-files.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../errors.ts';
import { EXIT_CODES, type ExitCode } from '../exit-codes.ts';
import { parseName } from '../option-values.ts';
import { writeOutput } from '../output-file.ts';
import { DIFF_FORMATS, REPORT_FORMATS, type ReportFormat } from '../report-formats.ts';
import { loadReportInputs } from '../report-inputs.ts';
import { DEFAULT_OUT } from '../run-options.ts';
import type { Terminal } from '../terminal.ts';

interface ReportFlags {
  readonly diff?: boolean;
  readonly format?: string;
  readonly out?: string;
}

export function addReportCommand(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('report')
    .description('add evidence up to a conformance report, or compare two')
    .argument('[input...]', `folders or files that commands wrote (default: ${DEFAULT_OUT})`)
    .option('--diff', 'compare two inputs, the earlier one first')
    .option('--format <names>', 'html, md, json, junit, ctrf, badge, between commas')
    .option(
      '--out <folder>',
      'write files there (without it, one format goes to stdout; default: md)',
    )
    .action((inputs: string[], flags: ReportFlags) => {
      exitWith(
        flags.diff === true ? diff(inputs, flags, terminal) : report(inputs, flags, terminal),
      );
    });
}

function report(inputs: readonly string[], flags: ReportFlags, terminal: Terminal): ExitCode {
  const formats = parseFormats(flags, REPORT_FORMATS);
  const pages = formats.some(({ name }) => name === 'html') ? (flags.out ?? null) : null;
  const document = reportOf(inputs.length === 0 ? [DEFAULT_OUT] : inputs, pages, terminal);
  write(document, formats, flags.out, terminal);
  const { value, reason, must } = document.verdict;
  terminal.err(`${value}, must ${must.held}/${must.total}. ${reason}\n`);
  return VERDICT_CODES[value];
}

/** As those of `run`: partial says that something required was not exercised. */
const VERDICT_CODES: Readonly<Record<ConformanceReport['verdict']['value'], ExitCode>> = {
  conformant: EXIT_CODES.held,
  partial: EXIT_CODES.inconclusive,
  'non-conformant': EXIT_CODES.violated,
  inconclusive: EXIT_CODES.inconclusive,
  unavailable: EXIT_CODES.unavailable,
};

function diff(inputs: readonly string[], flags: ReportFlags, terminal: Terminal): ExitCode {
  const formats = parseFormats(flags, DIFF_FORMATS);
  const [before, after, ...more] = inputs;
  if (before === undefined || after === undefined || more.length > 0) {
    throw new UsageError(
      `--diff: expected two inputs, the earlier one first, found ${inputs.length}. Each is a report.json or a folder.`,
    );
  }
  const document = conformanceDiff(
    reportOf([before], null, terminal),
    reportOf([after], null, terminal),
  );
  write(document, formats, flags.out, terminal);
  return diffCode(document);
}

/** What failed before and fails now is no news, but no success either. */
function diffCode({ changes }: ConformanceDiff): ExitCode {
  const has = (...wanted: string[]): boolean =>
    changes.some(({ change }) => wanted.includes(change));
  if (has('new-fail', 'still-failing')) return EXIT_CODES.violated;
  return has('weaker-evidence', 'gone') ? EXIT_CODES.inconclusive : EXIT_CODES.held;
}

/** With `pages`, counterexamples are written into that folder as pages. */
function reportOf(
  paths: readonly string[],
  pages: string | null,
  terminal: Terminal,
): ConformanceReport {
  const loaded = loadReportInputs(paths, terminal);
  if (loaded.kind === 'report') return loaded.report;
  const inputs = pages === null ? loaded.inputs : withPages(loaded.inputs, pages);
  return conformanceReport(inputs, { claims: CLAIMS, clauses: CLAUSES.map(statementOf) });
}

function parseFormats<Document>(
  flags: ReportFlags,
  known: readonly ReportFormat<Document>[],
): readonly ReportFormat<Document>[] {
  const names = known.map(({ name }) => name);
  const asked = flags.format?.split(',').map((name) => parseName('format', name.trim(), names));
  const chosen = asked ?? (flags.out === undefined ? ['md'] : names);
  if (flags.out === '') {
    throw new UsageError('--out: expected a folder, found nothing. Name one, or leave it out.');
  }
  if (flags.out === undefined && chosen.length !== 1) {
    throw new UsageError(
      `--format: expected one format for standard output, found ${chosen.join(',')}. Name one, or a folder with --out.`,
    );
  }
  return known.filter(({ name }) => chosen.includes(name));
}

function write<Document>(
  document: Document,
  formats: readonly ReportFormat<Document>[],
  out: string | undefined,
  terminal: Terminal,
): void {
  if (out === undefined) {
    terminal.out(formats[0]!.render(document));
    return;
  }
  makeFolder(out);
  for (const { file, render } of formats) {
    const path = join(out, file);
    writeOutput('--out', path, render(document));
    terminal.out(`${path}\n`);
  }
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `--out: expected a folder that can be written, found "${path}": ${found}. Name another folder.`,
      { cause },
    );
  }
}

const PAGES = 'counterexamples';

/** Each finding as a page that the report links to. */
function withPages(inputs: ConformanceInputs, out: string): ConformanceInputs {
  if (inputs.findings.length === 0) return inputs;
  makeFolder(join(out, PAGES));
  const findings = inputs.findings.map((finding, index) => {
    const name = basename(finding.file, '.json').replaceAll(/[^\w.-]/g, '_');
    const page = `${PAGES}/${index + 1}-${name}.html`;
    const options = { file: finding.file, all: false, page: join(out, page) };
    writeCounterexamplePage(finding.value, options, (path, content) =>
      writeOutput('--out', path, content),
    );
    return { ...finding, page };
  });
  return { ...inputs, findings };
}
