/**
 * The lanes as SVG. Colour is never the only sign: what is lost ends in a cross, what is held back in a ring, what is
 * late is dashed, a participant that is down has no line. The same events stand as text in the list below it.
 */

import { html, type Html } from '../../page/html.ts';
import type { Counterexample, LaneRow, MessageRow } from '../document.ts';
import {
  layoutOf,
  LINE_HEIGHT,
  type Arrow,
  type Layout,
  type PlacedGap,
  type PlacedLane,
  type PlacedRow,
} from './layout.ts';

const HEAD_HEIGHT = 30;
/** Characters that fit a lane. */
const HEAD_LENGTH_MAX = 13;
const ARROW_HEAD = 8;
const LABEL_CHARACTER_WIDTH = 5.6;
const CHIP_CHARACTER_WIDTH = 6.6;

/** The participants' names, to stay on top while the lanes scroll. */
export function laneHeads(document: Counterexample, all: boolean): Html {
  const layout = layoutOf(document, all);
  const { width } = layout;
  return html`<svg class="lane-heads" width="${width}" height="${HEAD_HEIGHT}" viewBox="0 0 ${width} ${HEAD_HEIGHT}" aria-hidden="true">${heads(layout)}</svg>`;
}

function heads({ lanes, textX }: Layout): Html {
  return html`<text class="gutter" x="60" y="20">event</text>${lanes.map(
    ({ lane, x }) =>
      html`<text class="lane-head" x="${x}" y="20">${shortened(lane.label, HEAD_LENGTH_MAX)}</text>`,
  )}<text class="words" x="${textX}" y="20">what happened</text>`;
}

/** Paper does not scroll, and what precedes a tall drawing is left alone on its page: there the names are part of it. */
export function lanesSvg(document: Counterexample, all: boolean): Html {
  const layout = layoutOf(document, all);
  const { width, height } = layout;
  const rows = layout.items.filter((item) => item.kind === 'row');
  const label = `Lanes of ${document.lanes.map((lane) => lane.label).join(', ')}. The list of events tells the same in words.`;
  return html`<svg class="lanes" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${label}">
<g class="paper-heads">${heads(layout)}</g>
<g class="bands">${rows.map(band)}</g>
<g class="lines">${layout.lanes.map((lane) => laneLine(lane, height))}</g>
${brace(rows)}
<g class="arrows">${layout.arrows.map(arrow)}</g>
<g class="signs">${layout.items.map((item) => (item.kind === 'gap' ? gap(item, layout) : rowSigns(item, layout)))}</g>
<g class="now"></g>
</svg>`;
}

function band({ row, top, height }: PlacedRow): Html {
  const mark = row.offending === null ? '' : ' offending';
  return html`<rect class="band${mark}" data-event="${row.number}" y="${top}" height="${height}"/>`;
}

function laneLine({ x, top, zombieFrom, down }: PlacedLane, height: number): Html {
  const bottom = height - 4;
  const alive = zombieFrom ?? bottom;
  return html`${line('lane-line', { x, y: top }, { x, y: alive })}${zombieFrom !== null && line('lane-line zombie', { x, y: zombieFrom }, { x, y: bottom })}${down.map(
    (gap) =>
      html`<rect class="down" x="${x - 7}" y="${gap.top}" width="14" height="${gap.bottom - gap.top}"/>`,
  )}`;
}

function line(
  name: string,
  start: { readonly x: number; readonly y: number },
  end: { readonly x: number; readonly y: number },
): Html {
  return html`<line class="${name}" x1="${round(start.x)}" y1="${round(start.y)}" x2="${round(end.x)}" y2="${round(end.y)}"/>`;
}

function round(number: number): number {
  return Math.round(number);
}

function shortened(text: string, room: number): string {
  return text.length > room ? `${text.slice(0, room - 1)}…` : text;
}

/** Joins the two events that cannot both be. */
function brace(rows: readonly PlacedRow[]): Html | null {
  const [first, second] = rows.filter(({ row }) => row.offending !== null);
  if (first === undefined || second === undefined) return null;
  return html`<path class="brace" d="M16 ${first.y}H7V${second.y}H16"/>`;
}

function arrow(arrow: Arrow): Html {
  const { row, start, end, from, to, isResumed } = arrow;
  const names = [
    'arrow',
    isResumed || row.fate === 'late' ? 'late' : '',
    row.isFault ? 'fault' : '',
    row.isPast ? '' : 'aside',
  ].filter((name) => name !== '');
  return html`<g class="${names.join(' ')}" data-from="${from}"${to !== null && html` data-to="${to}"`}>${line('way', start, end)}${endOf(row, arrow)}${label(arrow)}</g>`;
}

function endOf(row: MessageRow, { start, end, to }: Arrow): Html | null {
  if (to === null) return null;
  const x = round(end.x);
  const y = round(end.y);
  switch (row.fate) {
    case 'lost':
      return html`<path class="cross" d="M${x - 5} ${y - 5}l10 10m0-10l-10 10"/>`;
    case 'held':
      return html`<circle class="ring" cx="${x}" cy="${y}" r="5"/>`;
    case 'duplicated':
      return html`<circle class="ring" cx="${x}" cy="${y}" r="5"/><text class="times" x="${x}" y="${y + 18}">×2</text>`;
    default:
      return html`<path class="tip" d="${tip(start, end)}"/>`;
  }
}

function tip(
  start: { readonly x: number; readonly y: number },
  end: { readonly x: number; readonly y: number },
): string {
  const length = Math.hypot(end.x - start.x, end.y - start.y) || 1;
  const along = { x: (end.x - start.x) / length, y: (end.y - start.y) / length };
  const back = { x: end.x - along.x * ARROW_HEAD, y: end.y - along.y * ARROW_HEAD };
  const side = { x: -along.y * 4, y: along.x * 4 };
  return `M${round(end.x)} ${round(end.y)}L${round(back.x + side.x)} ${round(back.y + side.y)}L${round(back.x - side.x)} ${round(back.y - side.y)}Z`;
}

/** At the beginning of the way, where it is told from others that cross it. */
function label({ row, start, end }: Arrow): Html | null {
  const room = Math.floor((Math.abs(end.x - start.x) - 18) / LABEL_CHARACTER_WIDTH);
  if (row.label === '' || room < 4) return null;
  const text = shortened(row.label, room);
  const beside = Math.max(50, (text.length * LABEL_CHARACTER_WIDTH) / 2 + 8);
  const share = Math.min(0.5, beside / Math.abs(end.x - start.x));
  const x = start.x + (end.x - start.x) * share;
  const y = start.y + (end.y - start.y) * share - 5;
  return html`<text class="label" x="${round(x)}" y="${round(y)}">${text}</text>`;
}

function gap({ number, y, summary }: PlacedGap, { textX }: Layout): Html {
  return html`<g class="gap" data-event="${number}"><text class="gutter" x="60" y="${y + 4}">⋮</text><text class="words" x="${textX}" y="${y + 4}">… ${summary}</text></g>`;
}

function rowSigns(placed: PlacedRow, layout: Layout): Html {
  const { row, y, lines } = placed;
  const names = ['row', row.kind, row.isPast ? '' : 'aside', isTrouble(placed) ? 'fault' : ''];
  const mark =
    row.offending !== null && html`<text class="mark" x="20" y="${y + 4}">!${row.offending}</text>`;
  return html`<g class="${names.filter((name) => name !== '').join(' ')}${row.offending !== null && ' offending'}" data-event="${row.number}" data-y="${y}">${mark}<text class="gutter" x="60" y="${y + 4}">${row.number}</text>${signs(placed, layout)}${lines.map(
    (text, index) =>
      html`<text class="words" x="${layout.textX}" y="${y + 4 + index * LINE_HEIGHT}">${text}</text>`,
  )}</g>`;
}

function isTrouble({ row }: PlacedRow): boolean {
  return row.kind === 'crashed' || (row.kind === 'message' && row.isFault);
}

function signs(placed: PlacedRow, { lanes, textX }: Layout): Html | null {
  const { row, y } = placed;
  const x = (lane: string): number => lanes.find((other) => other.lane.id === lane)?.x ?? 0;
  switch (row.kind) {
    case 'clock':
      return html`<path class="clock-line" d="M68 ${y}H${textX - 12}"/>`;
    case 'message':
      return row.fate === 'sent'
        ? html`<circle class="dot" cx="${x(row.from)}" cy="${y}" r="3.5"/>`
        : null;
    default:
      return html`${sign(placed, row, x(row.lane))}${row.offending !== null && html`<circle class="around" cx="${x(row.lane)}" cy="${y}" r="11"/>`}`;
  }
}

function sign({ y, chip }: PlacedRow, row: LaneRow, x: number): Html {
  switch (row.kind) {
    case 'step':
      return html`<path class="solid" d="M${x} ${y - 6}l6 6l-6 6l-6-6Z"/>`;
    case 'crashed':
      return html`<path class="crash" d="M${x - 7} ${y - 7}l14 14m0-14l-14 14"/>`;
    case 'restarted':
      return html`<path class="solid" d="M${x - 5} ${y - 6}l11 6l-11 6Z"/>`;
    case 'appended':
      return html`<rect class="solid" x="${x - 5}" y="${y - 5}" width="10" height="10"/>`;
    case 'replicated':
      return html`<rect class="open" x="${x - 5}" y="${y - 5}" width="10" height="10"/>`;
    case 'call':
      return html`<circle class="open" cx="${x}" cy="${y}" r="5"/>`;
    case 'completion':
      return html`<circle class="solid" cx="${x}" cy="${y}" r="5"/>`;
    case 'state':
      return chipSign(chip, x, y);
  }
}

function chipSign(lines: readonly string[], x: number, y: number): Html {
  const width = Math.max(...lines.map((line) => line.length)) * CHIP_CHARACTER_WIDTH + 12;
  const height = lines.length * LINE_HEIGHT + 4;
  return html`<rect class="state-chip" x="${round(x - width / 2)}" y="${y - 10}" width="${round(width)}" height="${height}" rx="5"/>${lines.map(
    (line, index) =>
      html`<text class="chip-text" x="${x}" y="${y + 4 + index * LINE_HEIGHT}">${line}</text>`,
  )}`;
}
