/** The messages of a trace, by id: what was sent, and as which row each thing that happened to it is told. */

import type { TraceEvent } from '../evidence/trace.ts';
import { laneOfProcess } from './lanes.ts';

/** What became of a message at a row. */
export type Fate = 'sent' | 'delivered' | 'late' | 'lost' | 'held' | 'duplicated';

type Sent = Extract<TraceEvent, { kind: 'sent' }>;
type MessageEvent = Extract<
  TraceEvent,
  { kind: 'sent' | 'delivered' | 'lost' | 'held' | 'duplicated' }
>;

export interface MessageContent {
  readonly kind: 'message';
  readonly message: number;
  /** Of a duplicated message: the id under which its copy travels. */
  readonly copy: number | null;
  readonly from: string;
  readonly to: string;
  readonly fate: Fate;
  readonly isFault: boolean;
  /** Few words for an arrow: the RPC, or the error that an answer brings. */
  readonly label: string;
  readonly text: string;
}

const LOST_BECAUSE = {
  fault: 'lost',
  closed: 'dropped, its connection is closed',
  down: 'dropped, nobody listens',
} as const;

export class Messages {
  readonly #sent = new Map<number, Sent>();

  constructor(trace: readonly TraceEvent[]) {
    for (const event of trace) {
      if (event.kind !== 'sent') continue;
      const [from, to] = [laneOfProcess(event.from), laneOfProcess(event.to)];
      this.#sent.set(event.message, { ...event, from, to });
    }
    // A late copy was never sent by itself: it is its original under another id.
    for (const event of trace) {
      const original = event.kind === 'duplicated' ? this.#sent.get(event.message) : undefined;
      if (event.kind === 'duplicated' && original !== undefined && !this.#sent.has(event.copy)) {
        this.#sent.set(event.copy, { ...original, message: event.copy });
      }
    }
  }

  sent(message: number): Sent | undefined {
    return this.#sent.get(message);
  }

  /** Null if the trace never said that the message was sent. */
  row(event: MessageEvent): MessageContent | null {
    const sent = this.#sent.get(event.message);
    if (sent === undefined) return null;
    const what = sent.leg === 'request' ? `${sent.api} ${sent.text}` : `${sent.api}: ${sent.text}`;
    const remark = remarkOf(event);
    return {
      kind: 'message',
      message: event.message,
      copy: event.kind === 'duplicated' ? event.copy : null,
      from: sent.from,
      to: sent.to,
      fate: fateOf(event),
      isFault: isFault(event),
      label: sent.leg === 'request' ? sent.api : errorIn(sent.text),
      text: remark === '' ? what : `${what} (${remark})`,
    };
  }
}

/** An answer's text begins with its error code; nothing if that is NONE. */
function errorIn(answer: string): string {
  const error = /^[A-Z_]+/.exec(answer)?.[0] ?? '';
  return error === 'NONE' ? '' : error;
}

function fateOf(event: MessageEvent): Fate {
  return event.kind === 'delivered' && event.late ? 'late' : event.kind;
}

function isFault(event: MessageEvent): boolean {
  switch (event.kind) {
    case 'delivered':
      return event.late;
    case 'lost':
    case 'held':
    case 'duplicated':
      return true;
    case 'sent':
      return false;
  }
}

function remarkOf(event: MessageEvent): string {
  switch (event.kind) {
    case 'delivered':
      return event.late ? 'late: the sender has given up' : '';
    case 'lost':
      return LOST_BECAUSE[event.reason];
    case 'held':
      return 'held back';
    case 'duplicated':
      return 'a copy is kept back';
    case 'sent':
      return '';
  }
}
