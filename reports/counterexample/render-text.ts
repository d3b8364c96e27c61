/** A counterexample for the terminal: head, lanes, why, replay. Deterministic; no colour unless asked. */

import { PLAIN, type Style } from '../terminal/style.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Counterexample, Row } from './document.ts';
import { LaneCanvas } from './lane-canvas.ts';
import { visibleRows, type Gap } from './visible-rows.ts';

export interface TextOptions {
  /** Columns of the terminal; fewer than 80 are drawn as 80. */
  readonly columns: number;
  /** Everything, not only what the offending events could depend on. */
  readonly all: boolean;
  /** How to name the finding in the replay command. */
  readonly file: string;
  readonly style?: Style;
}

const MIN_COLUMNS = 80;
const MAX_COLUMNS = 200;

export function renderCounterexample(document: Counterexample, options: TextOptions): string {
  const columns = Math.min(Math.max(options.columns, MIN_COLUMNS), MAX_COLUMNS);
  const style = options.style ?? PLAIN;
  const blocks = [
    head(document, columns, style),
    lanes(document, columns, options.all, style),
    why(document, columns, style),
    [style.bold('Replay'), `  npx onceproof replay ${options.file}`],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function head(document: Counterexample, columns: number, style: Style): string[] {
  const colour = document.status === 'violated' ? style.red : style.yellow;
  const generated = document.shrink[0];
  const tried = document.shrink.reduce((sum, attempt) => sum + attempt.tried, 0);
  const facts = [
    `seed ${document.seed}`,
    `transaction version ${document.transactionVersion}`,
    `partition verification ${document.partitionVerification ? 'on' : 'off'}`,
    document.mutant === null ? 'no mutant' : `mutant ${document.mutant}`,
  ];
  const shrunk =
    generated === undefined
      ? ''
      : `, shrunk from ${generated.steps} steps and ${generated.choices} choices in ${tried} runs`;
  return [
    colour(style.bold(`${document.claim} ${document.status}`)),
    ...wrap(document.message, columns - 2).map((line) => `  ${line}`),
    ...permitted(document).flatMap((text) => wrap(text, columns - 2).map((line) => `  ${line}`)),
    `  ${count(document.clientSteps, 'client step')} and ${count(document.faults, 'fault')}${shrunk}`,
    `  ${facts.join('; ')}`,
  ];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function permitted(document: Counterexample): string[] {
  const cause = document.permitted;
  if (cause === null) return [];
  return [`Expected: Kafka permits this anomaly, ${cause.anomaly} (${cause.source}).`];
}

function lanes(document: Counterexample, columns: number, all: boolean, style: Style): string[] {
  const canvas = new LaneCanvas(document.lanes, columns, style);
  const top = canvas.head();
  const drawn = visibleRows(document.rows, all);
  const body = drawn.flatMap((row) => (row.kind === 'gap' ? gap(row, canvas) : canvas.draw(row)));
  return [...top, ...body, ...legend(all, drawn, style)];
}

/** Nothing, if all that was left out is the second half of what is counted elsewhere. */
function gap(fold: Gap, canvas: LaneCanvas): string[] {
  const counts = new Map<string, number>();
  for (const row of fold.rows) {
    const what = foldedAs(row);
    if (what !== null) counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  if (counts.size === 0) return [];
  const summary = [...counts].map(([what, count]) => (count === 1 ? what : `${what} x${count}`));
  return canvas.note(`... ${summary.join(', ')}`);
}

/** A message counts once, when it leaves. */
function foldedAs(row: Row): string | null {
  switch (row.kind) {
    case 'message':
      return row.fate === 'sent' && !row.text.includes(': ')
        ? (row.text.split(' ')[0] ?? null)
        : null;
    case 'state':
      return 'state change';
    case 'appended':
      return 'append';
    case 'completion':
      return 'call returns';
    default:
      return null;
  }
}

function legend(all: boolean, drawn: readonly (Row | Gap)[], style: Style): string[] {
  const signs = [
    '──▶ delivered  ──… under way  ──x lost  ──◦ held back  ~~▶ late',
    '■ append  ◇ state  ◆ script',
  ];
  const hidden = drawn.reduce((sum, row) => sum + (row.kind === 'gap' ? row.rows.length : 0), 0);
  const more = all || hidden === 0 ? [] : [`${hidden} events are folded; --all shows them.`];
  return ['', ...[...signs, ...more].map(style.dim)];
}

function why(document: Counterexample, columns: number, style: Style): string[] {
  const marks = document.rows.filter((row) => row.offending !== null);
  const pair = marks
    .toSorted((a, b) => a.offending! - b.offending!)
    .map((row) => `!${row.offending} is event ${row.number}: ${row.text}`);
  return [
    style.bold('Why the claim fails'),
    ...document.why.flatMap((statement, index) => item(`${index + 1}. `, statement, columns)),
    ...pair.flatMap((text) => item('', text, columns).map(style.red)),
  ];
}

function item(bullet: string, text: string, columns: number): string[] {
  const indent = 2 + bullet.length;
  return wrap(text, columns - indent).map((line, index) =>
    index === 0 ? `  ${bullet}${line}` : `${' '.repeat(indent)}${line}`,
  );
}
