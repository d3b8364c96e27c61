/** `clauses [ID|GLOB|AREA...]`: what the protocol requires; with `--check`, whether the reference does it. */

import type { Command } from 'commander';
import { checkClauses } from '../../properties/clauses/check.ts';
import { AREAS, areaOf, type Clause } from '../../properties/clauses/clause.ts';
import { statementOf } from '../../properties/clauses/statement.ts';
import { CLAUSES_SCHEMA_VERSION, type ClauseResults } from '../../reports/evidence/clause.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import { wrap } from '../../reports/terminal/wrap.ts';
import { selectedClauses } from '../clause-options.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandClock } from '../environment.ts';
import { UsageError } from '../errors.ts';
import { EXIT_CODES, exitCodeOf, type ExitCode } from '../exit-codes.ts';
import { OutputFolder } from '../output-folder.ts';
import { parseMutant, parseTransactionVersion } from '../run-options.ts';
import type { Terminal } from '../terminal.ts';

interface ClausesFlags {
  readonly level?: string;
  readonly check?: boolean;
  readonly transactionVersion?: string;
  readonly mutant?: string;
  readonly out?: string;
  readonly json?: boolean;
}

export function addClausesCommand(program: Command, context: CommandContext): void {
  const { terminal, exitWith } = context;
  program
    .command('clauses')
    .description('list what the protocol requires, or ask the reference whether it does it')
    .argument('[clause...]', 'ids, globs such as EOS-END-*, or areas such as END (default: all)')
    .option('--level <level>', 'must, should or may only')
    .option('--check', 'run the directed tests')
    .option('--transaction-version <version>', 'with --check: 0, 1 or 2 (default: 2)')
    .option('--mutant <id>', 'with --check: ask a known defect instead of the reference')
    .option('--out <folder>', 'with --check: write clauses.json there, for `report`')
    .option('--json', 'one JSON object on stdout')
    .action((words: string[], flags: ClausesFlags) => {
      const clauses = selectedClauses(words, flags.level);
      exitWith(
        flags.check === true ? check(clauses, flags, context) : list(clauses, flags, terminal),
      );
    });
}

function list(clauses: readonly Clause[], flags: ClausesFlags, terminal: Terminal): ExitCode {
  const misplaced = (['transactionVersion', 'mutant', 'out'] as const).find(
    (name) => flags[name] !== undefined,
  );
  if (misplaced !== undefined) {
    const option = misplaced === 'transactionVersion' ? 'transaction-version' : misplaced;
    throw new UsageError(`--${option}: expected --check beside it, found none. Add --check.`);
  }
  if (flags.json === true) {
    const document = {
      kind: 'clauses',
      schemaVersion: CLAUSES_SCHEMA_VERSION,
      tool: TOOL,
      clauses: clauses.map(statementOf),
    };
    terminal.out(`${JSON.stringify(document, null, 2)}\n`);
    return EXIT_CODES.held;
  }
  terminal.out(listText(clauses, terminal));
  return EXIT_CODES.held;
}

const ID_WIDTH = 16;
const LEVEL_WIDTH = 8;

/** By area, a sentence each, with its source and its checks. */
function listText(clauses: readonly Clause[], { columns, outStyle }: Terminal): string {
  const width = Math.max(columns - ID_WIDTH - LEVEL_WIDTH, 40);
  const lines: string[] = [];
  let area = '';
  for (const clause of clauses) {
    const next = AREAS[areaOf(clause.id)];
    if (next !== area) lines.push(...(area === '' ? [] : ['']), outStyle.dim(next));
    area = next;
    const sources = [...clause.kips, ...(clause.kafka === null ? [] : [clause.kafka])].join(', ');
    const text = [
      ...wrap(clause.requirement, width),
      ...wrap(`${sources}; ${checksText(clause)}`, width).map(outStyle.dim),
    ];
    lines.push(
      ...text.map((line, index) =>
        index === 0
          ? `${outStyle.bold(clause.id.padEnd(ID_WIDTH))}${clause.level.padEnd(LEVEL_WIDTH)}${line}`
          : `${' '.repeat(ID_WIDTH + LEVEL_WIDTH)}${line}`,
      ),
    );
  }
  return `${lines.join('\n')}\n`;
}

function checksText({ claims, tests }: Clause): string {
  const directed = tests.length === 1 ? '1 directed test' : `${tests.length} directed tests`;
  return [...claims, ...(tests.length === 0 ? [] : [directed])].join(', ');
}

function check(clauses: readonly Clause[], flags: ClausesFlags, context: CommandContext): ExitCode {
  const { terminal } = context;
  const clock = new CommandClock('clauses', context.arguments);
  const transactionVersion = parseTransactionVersion(flags.transactionVersion);
  const mutant = flags.mutant === undefined ? null : parseMutant(flags.mutant);
  const folder = flags.out === undefined ? null : OutputFolder.open(flags.out);
  try {
    const results = checkClauses(clauses, { transactionVersion, mutant });
    if (results.tests.length === 0) {
      throw new UsageError(
        `Expected clauses with a directed test under transaction version ${transactionVersion}, found none among ` +
          'those chosen. Choose others, or judge them by their claims with `run`.',
      );
    }
    folder?.writeClauses(results);
    folder?.writeEnvironment(clock.run());
    terminal.out(
      flags.json === true ? `${JSON.stringify(results, null, 2)}\n` : checkText(results, terminal),
    );
    return exitCodeOf({ verdict: results.verdict, interrupted: false });
  } finally {
    folder?.close();
  }
}

function checkText(results: ClauseResults, { columns, outStyle }: Terminal): string {
  const failed = results.tests.filter(({ status }) => status === 'violated');
  const subject = results.mutant === null ? 'the reference' : `mutant ${results.mutant}`;
  const clauses = new Set(results.tests.map(({ clause }) => clause)).size;
  const word = failed.length === 0 ? outStyle.green('HOLDS') : outStyle.red('VIOLATED');
  const lines = [
    `${outStyle.bold(word)}: ${results.tests.length - failed.length} of ${results.tests.length} directed tests of ` +
      `${clauses} clauses hold of ${subject} under transaction version ${results.transactionVersion}`,
    ...failed.flatMap(({ clause, name, component, difference }) => [
      outStyle.bold(`${clause}  ${name} (${component})`),
      ...wrap(`expected  ${difference!.expected}`, Math.max(columns, 60) - 2).map(indent),
      ...wrap(`found     ${difference!.found}`, Math.max(columns, 60) - 2).map(indent),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function indent(line: string): string {
  return `  ${line}`;
}
