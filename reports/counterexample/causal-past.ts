/**
 * What the story needs: the offending events, what went wrong, what was decided, and all that these could
 * depend on: backwards along messages, appends and the order on each lane (Lamport's happened-before). What went
 * wrong counts by itself, since what a lost message did not do has no successor. Reads change nothing, so the order
 * on a reader's lane and requests that only read lead nowhere; else one poll would drag in all earlier ones.
 */

import type { Finding } from '../evidence/finding.ts';
import type { TraceEvent } from '../evidence/trace.ts';
import { laneOf, laneOfProcess } from './lanes.ts';
import { Messages } from './messages.ts';

const READ_ONLY = ['FindCoordinator', 'Metadata', 'Fetch', 'ListOffsets', 'OffsetFetch'];

/** Positions in the trace. All of them if the trace does not tell where the offending events are. */
export function causalPast(finding: Finding): ReadonlySet<number> {
  const { trace, violation } = finding;
  const offending = trace.flatMap((event, index) =>
    event.kind === 'history' && violation.events.includes(event.event) ? [index] : [],
  );
  if (offending.length === 0) return new Set(trace.keys());
  const last = Math.max(...offending);
  const order = new Order(finding);
  const past = new Set<number>();
  const open = [...offending, ...turningPoints(finding).filter((index) => index <= last)];
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (past.has(index)) continue;
    past.add(index);
    open.push(...order.before(index));
  }
  for (const [index, event] of trace.entries()) {
    if (index <= last && isAlwaysTold(event, past, order)) past.add(index);
  }
  return past;
}

/** Faults, the coordinator's decisions, and the ends of transactions as their clients learned of them. */
function turningPoints({ trace, history }: Finding): number[] {
  const ends = new Set(
    history.flatMap((event) =>
      event.type === 'invoke' && (event.call === 'commit' || event.call === 'abort')
        ? [event.op]
        : [],
    ),
  );
  return trace.flatMap((event, index) => (isTurningPoint(event, history, ends) ? [index] : []));
}

function isTurningPoint(
  event: TraceEvent,
  history: Finding['history'],
  ends: ReadonlySet<number>,
): boolean {
  switch (event.kind) {
    case 'held':
    case 'duplicated':
    case 'crashed':
      return true;
    case 'lost':
      return event.reason === 'fault';
    case 'delivered':
      return event.late;
    case 'appended':
      return event.lane === 'coordinator';
    case 'history': {
      const completion = history[event.event];
      return completion !== undefined && 'op' in completion && ends.has(completion.op);
    }
    default:
      return false;
  }
}

/** The script and the clock are the story's skeleton; what befell a message belongs to the message. */
function isAlwaysTold(event: TraceEvent, past: ReadonlySet<number>, order: Order): boolean {
  switch (event.kind) {
    case 'step':
    case 'clock':
    case 'crashed':
    case 'restarted':
      return true;
    case 'delivered':
    case 'lost':
    case 'held':
    case 'duplicated': {
      const sent = order.sentAt(event.message);
      return sent !== undefined && past.has(sent);
    }
    default:
      return false;
  }
}

/** The immediate predecessors of each event. */
class Order {
  readonly #finding: Finding;
  readonly #messages: Messages;
  readonly #sentAt = new Map<number, number>();
  readonly #deliveredAt = new Map<number, number>();
  /** For each event, the previous one on its lane that could have changed something there. */
  readonly #previous: (number | undefined)[] = [];

  constructor(finding: Finding) {
    this.#finding = finding;
    this.#messages = new Messages(finding.trace);
    const latest = new Map<string, number>();
    for (const [index, event] of finding.trace.entries()) {
      if (event.kind === 'sent') this.#sentAt.set(event.message, index);
      if (event.kind === 'duplicated') this.#sentAt.set(event.copy, index);
      if (event.kind === 'delivered') this.#deliveredAt.set(event.message, index);
      const lane = this.#lane(event);
      this.#previous.push(lane === undefined ? undefined : latest.get(lane));
      if (lane !== undefined && !this.#isReadOnly(event)) latest.set(lane, index);
    }
  }

  sentAt(message: number): number | undefined {
    return this.#sentAt.get(message);
  }

  before(index: number): number[] {
    const event = this.#finding.trace[index]!;
    return [this.#previous[index], this.#cause(event)].filter((at) => at !== undefined);
  }

  #cause(event: TraceEvent): number | undefined {
    switch (event.kind) {
      case 'delivered':
      case 'lost':
      case 'held':
      case 'duplicated':
        return this.#sentAt.get(event.message);
      case 'sent':
        return event.answers === undefined ? undefined : this.#deliveredAt.get(event.answers);
      case 'appended':
        return event.cause === undefined ? undefined : this.#deliveredAt.get(event.cause);
      case 'history':
        return this.#endOfRead(event.event);
      default:
        return undefined;
    }
  }

  /** A poll depends on the answer that its reader got last, not on the reader's earlier polls. */
  #endOfRead(historyEvent: number): number | undefined {
    const completion = this.#finding.history[historyEvent];
    if (completion?.type !== 'ok' || completion.records === undefined) return undefined;
    const { trace } = this.#finding;
    const end = trace.findIndex(
      (event) => event.kind === 'history' && event.event === historyEvent,
    );
    for (let index = end; index >= 0; index -= 1) {
      const event = trace[index]!;
      const sent = event.kind === 'delivered' ? this.#messages.sent(event.message) : undefined;
      if (sent?.leg === 'response' && sent.api === 'Fetch' && laneOf(sent.to).kind === 'reader')
        return index;
    }
    return undefined;
  }

  #lane(event: TraceEvent): string | undefined {
    const lane = this.#anyLane(event);
    return lane === undefined || laneOf(lane).kind === 'reader' ? undefined : lane;
  }

  #anyLane(event: TraceEvent): string | undefined {
    switch (event.kind) {
      case 'step':
        return 'script';
      case 'sent':
        return laneOfProcess(event.from);
      case 'delivered':
        return this.#messages.sent(event.message)?.to;
      case 'crashed':
      case 'restarted':
      case 'appended':
      case 'replicated':
      case 'state':
        return event.lane;
      case 'history':
        return laneOfProcess(this.#finding.history[event.event]?.process ?? '');
      case 'lost':
      case 'held':
      case 'duplicated':
      case 'clock':
        return undefined;
    }
  }

  #isReadOnly(event: TraceEvent): boolean {
    if (event.kind === 'sent') return READ_ONLY.includes(event.api);
    if (event.kind !== 'delivered') return false;
    const api = this.#messages.sent(event.message)?.api;
    return api !== undefined && READ_ONLY.includes(api);
  }
}
