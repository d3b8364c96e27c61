/** The participants of a counterexample, in the order in which they are drawn. */

import type { Finding } from '../evidence/finding.ts';
import type { TraceEvent } from '../evidence/trace.ts';

export interface Lane {
  readonly id: string;
  readonly kind: 'script' | 'producer' | 'coordinator' | 'leader' | 'reader' | 'other';
  /** Short, for a column's head. */
  readonly label: string;
}

const READER = 'reader';

const ORDER: readonly Lane['kind'][] = [
  'script',
  'producer',
  'coordinator',
  'leader',
  'reader',
  'other',
];

/** Everyone who did something, the script first, readers last; equals by name. */
export function lanesOf(finding: Finding): Lane[] {
  const ids = new Set<string>();
  for (const event of finding.trace) for (const id of laneIds(event, finding)) ids.add(id);
  return [...ids].map(laneOf).toSorted(byKindThenName);
}

/** The lane of a history's process: readers are many processes and share one lane. */
export function laneOfProcess(process: string): string {
  return process.startsWith('reader') ? READER : process;
}

export function laneOf(id: string): Lane {
  if (id === 'script') return { id, kind: 'script', label: id };
  if (id === 'coordinator') return { id, kind: 'coordinator', label: 'coord' };
  if (id === 'group') return { id, kind: 'coordinator', label: id };
  if (id === READER) return { id, kind: 'reader', label: id };
  if (id.startsWith('leader ')) return { id, kind: 'leader', label: id.slice('leader '.length) };
  return { id, kind: id.includes('#') ? 'producer' : 'other', label: id };
}

function laneIds(event: TraceEvent, finding: Finding): string[] {
  switch (event.kind) {
    case 'step':
      return ['script'];
    case 'sent':
      return [laneOfProcess(event.from), laneOfProcess(event.to)];
    case 'crashed':
    case 'restarted':
    case 'appended':
    case 'replicated':
    case 'state':
      return [event.lane];
    case 'history': {
      const process = finding.history[event.event]?.process;
      return process === undefined ? [] : [laneOfProcess(process)];
    }
    case 'delivered':
    case 'lost':
    case 'held':
    case 'duplicated':
    case 'clock':
      return [];
  }
}

function byKindThenName(a: Lane, b: Lane): number {
  const kinds = ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind);
  return kinds !== 0 ? kinds : a.id < b.id ? -1 : 1;
}
