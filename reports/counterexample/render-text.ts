/** A counterexample for the terminal: head, lanes, why, replay. Deterministic; no colour unless asked. */

import { printable } from '../terminal/printable.ts';
import { PLAIN, type Style } from '../terminal/style.ts';
import { wrap } from '../terminal/wrap.ts';
import type { Counterexample, Row } from './document.ts';
import { LaneCanvas } from './lane-canvas.ts';
import {
  factsOf,
  offendingRows,
  offendingSentence,
  permittedSentences,
  replayCommand,
  sizeOf,
} from './headline.ts';
import { foldSummary, visibleRows, type Gap } from './visible-rows.ts';

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

export function renderCounterexample(told: Counterexample, options: TextOptions): string {
  const document = withPrintableTexts(told);
  const columns = Math.min(Math.max(options.columns, MIN_COLUMNS), MAX_COLUMNS);
  const style = options.style ?? PLAIN;
  const blocks = [
    head(document, columns, style),
    lanes(document, columns, options.all, style),
    why(document, columns, style),
    [style.bold('Replay'), `  ${replayCommand(options.file)}`],
  ];
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** A finding may come from anywhere, and a terminal obeys what it is shown. */
function withPrintableTexts(document: Counterexample): Counterexample {
  const printed = JSON.stringify(document, (_key, value: unknown) =>
    typeof value === 'string' ? printable(value) : value,
  );
  return JSON.parse(printed) as Counterexample;
}

function head(document: Counterexample, columns: number, style: Style): string[] {
  const colour = document.status === 'violated' ? style.red : style.yellow;
  return [
    colour(style.bold(`${document.claim} ${document.status}`)),
    ...wrap(document.message, columns - 2).map((line) => `  ${line}`),
    ...permittedSentences(document).flatMap((text) =>
      wrap(text, columns - 2).map((line) => `  ${line}`),
    ),
    `  ${sizeOf(document)}`,
    `  ${factsOf(document).join('; ')}`,
  ];
}

function lanes(document: Counterexample, columns: number, all: boolean, style: Style): string[] {
  const canvas = new LaneCanvas(document.lanes, columns, style);
  const top = canvas.head();
  const drawn = visibleRows(document.rows, all);
  const body = drawn.flatMap((row) => (row.kind === 'gap' ? gap(row, canvas) : canvas.draw(row)));
  return [...top, ...body, ...legend(all, drawn, style)];
}

function gap(fold: Gap, canvas: LaneCanvas): string[] {
  const summary = foldSummary(fold);
  return summary === '' ? [] : canvas.note(`... ${summary}`);
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
  return [
    style.bold('Why the claim fails'),
    ...document.why.flatMap((statement, index) => item(`${index + 1}. `, statement, columns)),
    ...offendingRows(document).flatMap((row) =>
      item('', offendingSentence(row), columns).map(style.red),
    ),
  ];
}

function item(bullet: string, text: string, columns: number): string[] {
  const indent = 2 + bullet.length;
  return wrap(text, columns - indent).map((line, index) =>
    index === 0 ? `  ${bullet}${line}` : `${' '.repeat(indent)}${line}`,
  );
}
