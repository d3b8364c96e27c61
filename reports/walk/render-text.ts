/** The walk as text: a section a call, one line for each message and append, a table of what readers would see. */

import type { TraceEvent } from '../evidence/trace.ts';
import type { Style } from '../terminal/style.ts';
import { wrap } from '../terminal/wrap.ts';
import { NOTES } from './notes.ts';
import type { PartitionView, Walk, WalkCall } from './walk-document.ts';

export interface WalkRenderOptions {
  readonly style: Style;
  readonly columns: number;
}

export function renderWalk(
  { transactionVersion, calls }: Walk,
  options: WalkRenderOptions,
): string {
  const noted = new Set<string>();
  const sections = calls.map((call, index) => renderCall(call, index + 1, noted, options));
  const { style } = options;
  return [
    style.bold(`Transaction version ${transactionVersion}: ${versionNote(transactionVersion)}`),
    '',
    ...sections.flatMap((lines) => [...lines, '']),
  ].join('\n');
}

function versionNote(transactionVersion: number): string {
  return transactionVersion === 2
    ? 'every transaction ends with a new producer epoch (KIP-890), partitions are added by the first Produce'
    : 'the producer adds partitions itself and keeps its epoch from one transaction to the next';
}

function renderCall(
  call: WalkCall,
  ordinal: number,
  noted: Set<string>,
  options: WalkRenderOptions,
): readonly string[] {
  const { style } = options;
  const lines = [style.bold(`${ordinal}. producer.${call.call}`)];
  lines.push(...renderEvents(call.untilReturn, noted, options));
  lines.push(`   ${style.green('returns')} ${call.result}`);
  if (call.untilReturn.length === 0 && call.afterReturn.length === 0) {
    lines.push(style.dim('   Nothing is sent: this call is local to the producer.'));
  }
  if (call.whenQuiet === null) return [...lines, ...renderViews('readers', call.atReturn)];
  return [
    ...lines,
    ...renderViews('readers, at the return', call.atReturn),
    style.dim('   The cluster goes on by itself:'),
    ...renderEvents(call.afterReturn, noted, options),
    ...renderViews('readers, when it is quiet', call.whenQuiet),
  ];
}

function renderEvents(
  events: readonly TraceEvent[],
  noted: Set<string>,
  { style, columns }: WalkRenderOptions,
): readonly string[] {
  return events.flatMap((event) => {
    const line = eventText(event);
    if (line === null) return [];
    const { note } = line;
    if (note === null || noted.has(note)) return [`   ${line.text}`];
    noted.add(note);
    const explained = wrap(NOTES[note]!, Math.max(columns - 8, 40));
    return [`   ${line.text}`, ...explained.map((text) => style.dim(`       ${text}`))];
  });
}

interface EventLine {
  readonly text: string;
  /** Key of the note that explains it at its first occurrence. */
  readonly note: string | null;
}

function eventText(event: TraceEvent): EventLine | null {
  switch (event.kind) {
    case 'sent': {
      const name = `${event.api}${event.leg === 'request' ? ` v${event.apiVersion}` : ' answer'}`;
      const note =
        event.leg === 'request' ? requestNote(event.api, event.text) : answerNote(event.text);
      return { text: `${event.from} -> ${event.to}: ${name} ${event.text}`, note };
    }
    case 'appended':
      return {
        text: `${event.lane} appends to ${event.log}, offset ${event.offset}: ${event.text}`,
        note: appendNote(event.log, event.text),
      };
    case 'clock':
      return { text: `(${event.time - event.from} ms pass)`, note: null };
    default:
      return null;
  }
}

function requestNote(api: string, text: string): string | null {
  const key = api === 'AddPartitionsToTxn' && text.startsWith('verify') ? 'verify' : api;
  return key in NOTES ? key : null;
}

function answerNote(text: string): string | null {
  return text in NOTES ? text : null;
}

function appendNote(log: string, text: string): string | null {
  if (!log.startsWith('__transaction_state')) return text.includes(' marker ') ? 'marker' : 'batch';
  const state = text.split(' ')[1] ?? '';
  return state in NOTES ? state : null;
}

function renderViews(title: string, views: readonly PartitionView[]): readonly string[] {
  const rows = views.map(({ partition, highWatermark, lastStableOffset, ...read }) => [
    partition,
    `${read.readUncommitted.join(', ') || '-'}`,
    `${read.readCommitted.join(', ') || '-'}`,
    `HW ${highWatermark}, LSO ${lastStableOffset}`,
  ]);
  const table = [[title, 'read_uncommitted', 'read_committed', ''], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map(
    (row) =>
      `   | ${row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd()}`,
  );
}
