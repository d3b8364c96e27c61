/**
 * Draws rows as text: a gutter with number and mark, one vertical line a participant, the words at the right. A
 * participant that crashed has no line until it is back.
 */

import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/wrap.ts';
import type { ClockRow, LaneRow, MessageRow, Row } from './document.ts';
import type { Lane } from './lanes.ts';

const GUTTER = 9;
const MIN_LANE_WIDTH = 5;
const MAX_LANE_WIDTH = 12;
/** Space that the words would like, and that they keep even if the lines get too long. */
const GOOD_TEXT_WIDTH = 36;
const MIN_TEXT_WIDTH = 22;

const SIGNS: Record<LaneRow['kind'], string> = {
  step: '◆',
  crashed: '╳',
  restarted: '●',
  appended: '■',
  replicated: '□',
  state: '◇',
  call: '○',
  completion: '●',
};

export class LaneCanvas {
  readonly #lanes: readonly Lane[];
  readonly #style: Style;
  readonly #laneWidth: number;
  readonly #textWidth: number;
  readonly #notStarted: Set<string>;
  readonly #crashed = new Set<string>();

  constructor(lanes: readonly Lane[], columns: number, style: Style) {
    this.#lanes = lanes;
    this.#style = style;
    const producers = lanes.filter((lane) => lane.kind === 'producer');
    this.#notStarted = new Set(producers.map((lane) => lane.id));
    const labels = Math.max(...lanes.map((lane) => lane.label.length + 1));
    const share = (text: number): number => Math.floor((columns - GUTTER - text) / lanes.length);
    const comfortable = Math.min(share(GOOD_TEXT_WIDTH), Math.max(labels, MAX_LANE_WIDTH));
    const tight = Math.max(Math.min(share(MIN_TEXT_WIDTH), labels), MIN_LANE_WIDTH);
    this.#laneWidth = Math.max(comfortable, tight);
    this.#textWidth = Math.max(columns - GUTTER - this.#laneWidth * lanes.length, MIN_TEXT_WIDTH);
  }

  head(): string[] {
    const width = this.#laneWidth;
    const labels = this.#lanes.map((lane) => lane.label.slice(0, width - 1).padEnd(width)).join('');
    return [this.#style.bold(`${'  event'.padEnd(GUTTER)}${labels}`.trimEnd()), this.#line('', [])];
  }

  /** Words without a number between rows. */
  note(text: string): string[] {
    return this.#lines('', this.#verticals(), text, this.#style.dim);
  }

  draw(row: Row): string[] {
    for (const lane of participants(row)) this.#notStarted.delete(lane);
    if (row.kind === 'restarted') this.#crashed.delete(row.lane);
    const mark = row.offending === null ? '  ' : `!${row.offending}`;
    const gutter = `${mark} ${String(row.number).padStart(4)}`;
    const lines = this.#lines(gutter, this.#cells(row), row.text, this.#emphasis(row));
    if (row.kind === 'crashed') this.#crashed.add(row.lane);
    return lines;
  }

  #emphasis(row: Row): (text: string) => string {
    if (row.offending !== null) return this.#style.red;
    const isTrouble = row.kind === 'crashed' || (row.kind === 'message' && row.isFault);
    if (isTrouble) return this.#style.yellow;
    return row.isPast ? (text) => text : this.#style.dim;
  }

  #cells(row: Row): string[] {
    switch (row.kind) {
      case 'message':
        return this.#arrow(row);
      case 'clock':
        return this.#clock(row);
      default:
        return this.#sign(row);
    }
  }

  #sign(row: LaneRow): string[] {
    const cells = this.#verticals();
    const at = this.#column(row.lane);
    if (at !== null) cells[at] = SIGNS[row.kind];
    return cells;
  }

  #clock(_row: ClockRow): string[] {
    return this.#verticals().map((cell) => (cell === '│' ? '┊' : cell));
  }

  /** The whole way if it arrives in this row, else a part of it from the end that the row is about. */
  #arrow(row: MessageRow): string[] {
    const cells = this.#verticals();
    const from = this.#column(row.from);
    const to = this.#column(row.to);
    if (from === null || to === null || from === to) return cells;
    const towards = from < to ? 1 : -1;
    const stroke = row.fate === 'late' ? '~' : '─';
    const stop = this.#isWholeWay(row) ? to : from + towards * this.#stubLength(from, to);
    for (let at = from; at !== stop; at += towards) cells[at] = stroke;
    cells[from] = row.fate === 'late' ? '~' : '●';
    if (this.#isWholeWay(row)) cells[to - towards] = towards === 1 ? '▶' : '◀';
    else cells[stop] = this.#endOf(row);
    return cells;
  }

  #isWholeWay(row: MessageRow): boolean {
    return row.fate === 'delivered' || row.fate === 'late';
  }

  #stubLength(from: number, to: number): number {
    return Math.min(Math.abs(to - from), this.#laneWidth) - 2;
  }

  #endOf(row: MessageRow): string {
    switch (row.fate) {
      case 'lost':
        return 'x';
      case 'held':
        return '◦';
      case 'duplicated':
        return '◦';
      default:
        return '…';
    }
  }

  #verticals(): string[] {
    const cells = Array.from({ length: this.#laneWidth * this.#lanes.length }, () => ' ');
    for (const lane of this.#lanes) {
      cells[this.#column(lane.id)!] = this.#isUp(lane.id) ? '│' : ' ';
    }
    return cells;
  }

  #isUp(lane: string): boolean {
    return !this.#notStarted.has(lane) && !this.#crashed.has(lane);
  }

  #column(lane: string): number | null {
    const index = this.#lanes.findIndex((candidate) => candidate.id === lane);
    return index === -1 ? null : index * this.#laneWidth + 1;
  }

  #lines(
    gutter: string,
    cells: string[],
    text: string,
    emphasis: (text: string) => string,
  ): string[] {
    return wrap(text, this.#textWidth).map((part, index) =>
      index === 0
        ? this.#line(gutter, cells, emphasis(part))
        : this.#line('', this.#verticals(), emphasis(part)),
    );
  }

  #line(gutter: string, cells: readonly string[], text = ''): string {
    const drawn = cells.length === 0 ? this.#verticals() : cells;
    return `${gutter.padEnd(GUTTER)}${drawn.join('')}${text}`.trimEnd();
  }
}

function participants(row: Row): string[] {
  if (row.kind === 'clock') return [];
  return row.kind === 'message' ? [row.from, row.to] : [row.lane];
}
