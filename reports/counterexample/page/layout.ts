/**
 * Where everything of the lanes stands: one row below the other in the order of events, one column a participant. A
 * message goes from the row in which it was sent to the row in which something became of it, so that its slope shows
 * how long it was under way, and messages that overtake each other cross.
 */

import { wrap } from '../../terminal/wrap.ts';
import type { Counterexample, MessageRow, Row } from '../document.ts';
import type { Lane } from '../lanes.ts';
import { foldSummary, visibleRows } from '../visible-rows.ts';
import { chipOf } from './chip.ts';

const GUTTER = 68;
const TEXT_WIDTH = 292;
const TEXT_COLUMNS = 42;
/** Of all lanes together; they share it as long as each keeps the least. */
const LANES_WIDTH = 520;
const LANE_WIDTH_MIN = 74;
const LANE_WIDTH_MAX = 130;
export const LINE_HEIGHT = 15;
const ROW_HEIGHT_MIN = 28;
const GAP_HEIGHT = 22;
/** Room for the participants' names, which stand there on paper. */
const HEADS_HEIGHT = 28;
/** From the top of a row to the middle of its first line. */
const MIDDLE = 14;
/** How far a message that arrives at once falls. */
const SHORT_FALL = 7;
/** Where on its way a message ends that does not arrive. */
const LOST_AT = 0.55;
const HELD_AT = 0.3;
/** Of the way of a message of which a view does not tell the end. */
const STUB_LENGTH = 45;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedRow {
  readonly kind: 'row';
  readonly row: Row;
  readonly top: number;
  readonly y: number;
  readonly height: number;
  readonly lines: readonly string[];
  readonly chip: readonly string[];
}

export interface PlacedGap {
  readonly kind: 'gap';
  /** Of the first event that is left out. */
  readonly number: number;
  readonly y: number;
  readonly summary: string;
}

/** A stretch of a message's way. */
export interface Arrow {
  readonly row: MessageRow;
  readonly start: Point;
  readonly end: Point;
  /** Rows between which the message is on this stretch; `to` is null if the view does not tell what became of it. */
  readonly from: number;
  readonly to: number | null;
  /** It had been held back, or is a copy. */
  readonly isResumed: boolean;
}

export interface PlacedLane {
  readonly lane: Lane;
  readonly x: number;
  /** A producer instance has no line before it starts. */
  readonly top: number;
  /** From here on a newer instance of the same producer exists. */
  readonly zombieFrom: number | null;
  readonly down: readonly { readonly top: number; readonly bottom: number }[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly textX: number;
  readonly lanes: readonly PlacedLane[];
  readonly items: readonly (PlacedRow | PlacedGap)[];
  readonly arrows: readonly Arrow[];
}

export function layoutOf(document: Counterexample, all: boolean): Layout {
  const { items, height } = stack(document.rows, all);
  const rows = items.filter((item) => item.kind === 'row');
  const count = document.lanes.length;
  const laneWidth = Math.min(Math.max(LANES_WIDTH / count, LANE_WIDTH_MIN), LANE_WIDTH_MAX);
  const column = (lane: string): number =>
    Math.round(GUTTER + laneWidth * (document.lanes.findIndex(({ id }) => id === lane) + 0.5));
  const textX = Math.round(GUTTER + laneWidth * count + 8);
  return {
    width: textX + TEXT_WIDTH,
    height,
    textX,
    lanes: document.lanes.map((lane) => placeLane(lane, document.lanes, column, rows, height)),
    items,
    arrows: new ArrowLayout(column).place(rows),
  };
}

function stack(
  rows: readonly Row[],
  all: boolean,
): { items: (PlacedRow | PlacedGap)[]; height: number } {
  const items: (PlacedRow | PlacedGap)[] = [];
  let top = HEADS_HEIGHT;
  for (const row of visibleRows(rows, all)) {
    if (row.kind === 'gap') {
      const summary = foldSummary(row);
      if (summary === '') continue;
      items.push({
        kind: 'gap',
        number: row.rows[0]?.number ?? 0,
        y: top + GAP_HEIGHT / 2,
        summary,
      });
      top += GAP_HEIGHT;
      continue;
    }
    const lines = wrap(row.text, TEXT_COLUMNS);
    const chip = row.kind === 'state' ? chipOf(row) : [];
    const content = Math.max(lines.length, chip.length) * LINE_HEIGHT;
    const height = Math.max(content + 8, ROW_HEIGHT_MIN);
    items.push({ kind: 'row', row, top, y: top + MIDDLE, height, lines, chip });
    top += height;
  }
  return { items, height: top + 8 };
}

function placeLane(
  lane: Lane,
  lanes: readonly Lane[],
  column: (lane: string) => number,
  rows: readonly PlacedRow[],
  height: number,
): PlacedLane {
  const isHere = ({ row }: PlacedRow): boolean => lanesOfRow(row).includes(lane.id);
  const newer = lanes.filter((other) => isNewerInstance(other, lane)).map(({ id }) => id);
  const top = lane.kind === 'producer' ? (rows.find(isHere)?.y ?? HEADS_HEIGHT) : HEADS_HEIGHT;
  const zombie = rows.find(({ row }) => lanesOfRow(row).some((id) => newer.includes(id)));
  const down: { top: number; bottom: number }[] = [];
  for (const [index, { row, y }] of rows.entries()) {
    if (row.kind !== 'crashed' || row.lane !== lane.id) continue;
    const back = rows
      .slice(index)
      .find((later) => later.row.kind === 'restarted' && later.row.lane === lane.id);
    down.push({ top: y, bottom: back?.y ?? height });
  }
  const zombieFrom = zombie === undefined ? null : Math.max(zombie.y, top);
  return { lane, x: column(lane.id), top, zombieFrom, down };
}

function isNewerInstance(other: Lane, lane: Lane): boolean {
  const [name, ordinal] = lane.id.split('#');
  const [otherName, otherOrdinal] = other.id.split('#');
  return (
    lane.kind === 'producer' && otherName === name && Number(otherOrdinal) > Number(ordinal ?? 0)
  );
}

export function lanesOfRow(row: Row): string[] {
  if (row.kind === 'clock') return [];
  return row.kind === 'message' ? [row.from, row.to] : [row.lane];
}

interface Origin extends Point {
  readonly number: number;
  readonly isResumed: boolean;
}

class ArrowLayout {
  readonly #column: (lane: string) => number;
  /** Where each message is, if it is on its way. */
  readonly #origins = new Map<number, Origin>();
  readonly #unfinished = new Map<number, PlacedRow & { readonly row: MessageRow }>();
  readonly #arrows: Arrow[] = [];

  constructor(column: (lane: string) => number) {
    this.#column = column;
  }

  place(rows: readonly PlacedRow[]): Arrow[] {
    for (const placed of rows) {
      const { row } = placed;
      if (row.kind === 'message') this.#placeMessage({ ...placed, row });
    }
    for (const { row, y } of this.#unfinished.values()) this.#placeStub(row, y);
    return this.#arrows;
  }

  #placeMessage(placed: PlacedRow & { readonly row: MessageRow }): void {
    const { row, y } = placed;
    const { message, number } = row;
    if (row.fate === 'sent') {
      const start = { x: this.#column(row.from), y };
      this.#origins.set(message, { ...start, number, isResumed: false });
      this.#unfinished.set(message, placed);
      return;
    }
    this.#unfinished.delete(message);
    const end = { x: this.#endX(row), y };
    const start = this.#origins.get(message) ?? {
      x: this.#column(row.from),
      y: y - SHORT_FALL,
      number,
      isResumed: false,
    };
    const { isResumed } = start;
    this.#arrows.push({ row, start, end, from: start.number, to: number, isResumed });
    if (row.fate === 'held') this.#origins.set(message, { ...end, number, isResumed: true });
    if (row.copy !== null) this.#origins.set(row.copy, { ...end, number, isResumed: true });
  }

  /** On its way, to where the view does not say. */
  #placeStub(row: MessageRow, y: number): void {
    const start = { x: this.#column(row.from), y };
    const end = {
      x: start.x + Math.sign(this.#column(row.to) - start.x) * STUB_LENGTH,
      y: y + 6,
    };
    this.#arrows.push({ row, start, end, from: row.number, to: null, isResumed: false });
  }

  #endX(row: MessageRow): number {
    const from = this.#column(row.from);
    const way = this.#column(row.to) - from;
    switch (row.fate) {
      case 'lost':
        return from + way * LOST_AT;
      case 'held':
      case 'duplicated':
        return from + Math.sign(way) * Math.max(Math.abs(way) * HELD_AT, STUB_LENGTH);
      default:
        return from + way;
    }
  }
}
