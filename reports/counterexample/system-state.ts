/**
 * The state of the whole system as a trace tells it: what participants publish, what their logs hold, what is on its
 * way. Kept as paths to values, so that two steps are compared all the way down.
 */

import type { StateFields, TraceEvent } from '../evidence/trace.ts';
import type { Messages } from './messages.ts';

/** A value that an event changed; null: there was none, or there is none any more. */
export interface Change {
  readonly path: readonly string[];
  readonly before: string | null;
  readonly after: string | null;
}

type Path = readonly string[];
type StateEvent = Extract<TraceEvent, { kind: 'state' }>;

export class SystemState {
  readonly #messages: Messages;
  readonly #values = new Map<string, string>();
  /** Who appends to each log. */
  readonly #owners = new Map<string, string>();
  #changes: Change[] = [];

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  /** Applies the next event of the trace. */
  changesBy(event: TraceEvent): readonly Change[] {
    this.#changes = [];
    this.#apply(event);
    return this.#changes;
  }

  #apply(event: TraceEvent): void {
    switch (event.kind) {
      case 'sent':
        return this.#set(this.#onTheWay(event.message), 'under way');
      case 'held':
        return this.#set(this.#onTheWay(event.message), 'held back');
      case 'duplicated':
        return this.#set(this.#onTheWay(event.copy), 'copy kept back');
      case 'delivered':
      case 'lost':
        return this.#set(this.#onTheWay(event.message), null);
      case 'appended':
        this.#owners.set(event.log, event.lane);
        return this.#set([logName(event.log), offsetName(event.offset)], event.text);
      case 'replicated':
        return this.#set([logName(event.log), 'highWatermark'], String(event.highWatermark));
      case 'state':
        return this.#publish(event);
      case 'crashed':
        return this.#crash(event.lane);
      case 'restarted':
        return this.#set([event.lane, 'process'], null);
      case 'clock':
        return this.#set(['clock'], `${Math.round(event.time)} ms`);
      case 'step':
      case 'history':
        return;
    }
  }

  #publish({ lane, of, text, fields }: StateEvent): void {
    const root = of === undefined ? [lane] : [lane, of];
    const published = fields === undefined ? leaves({ state: text }) : leaves(fields);
    const next = new Map(
      published.map(([path, value]) => [JSON.stringify([...root, ...path]), value]),
    );
    for (const key of this.#below(root)) if (!next.has(key)) this.#set(pathOf(key), null);
    for (const [key, value] of next) this.#set(pathOf(key), value);
  }

  /** Memory is gone, and of the logs what was not replicated, which here means flushed. */
  #crash(lane: string): void {
    for (const key of this.#below([lane])) this.#set(pathOf(key), null);
    this.#set([lane, 'process'], 'crashed');
    for (const [log, owner] of this.#owners) {
      if (owner !== lane) continue;
      const flushed = Number(
        this.#values.get(JSON.stringify([logName(log), 'highWatermark'])) ?? 0,
      );
      for (const key of this.#below([logName(log)])) {
        const offset = offsetIn(pathOf(key).at(-1)!);
        if (offset !== null && offset >= flushed) this.#set(pathOf(key), null);
      }
    }
  }

  #onTheWay(message: number): Path {
    const sent = this.#messages.sent(message);
    if (sent === undefined) return ['network', `message ${message}`];
    const what = sent.leg === 'request' ? sent.api : `${sent.api} answer`;
    return ['network', `${sent.from} → ${sent.to}`, `${what} (message ${message})`];
  }

  #below(root: Path): string[] {
    const prefix = `${JSON.stringify(root).slice(0, -1)},`;
    return [...this.#values.keys()].filter((key) => key.startsWith(prefix));
  }

  #set(path: Path, after: string | null): void {
    const key = JSON.stringify(path);
    const before = this.#values.get(key) ?? null;
    if (before === after) return;
    if (after === null) this.#values.delete(key);
    else this.#values.set(key, after);
    this.#changes.push({ path, before, after });
  }
}

function pathOf(key: string): Path {
  return JSON.parse(key) as string[];
}

function logName(log: string): string {
  return `log ${log}`;
}

function offsetName(offset: number): string {
  return `[${offset}]`;
}

function offsetIn(name: string): number | null {
  const offset = /^\[(\d+)\]$/.exec(name)?.[1];
  return offset === undefined ? null : Number(offset);
}

function leaves(fields: StateFields): [Path, string][] {
  return Object.entries(fields).flatMap(([name, value]): [Path, string][] => {
    if (value === null) return [];
    if (Array.isArray(value)) return value.length === 0 ? [] : [[[name], value.join(' ')]];
    if (typeof value !== 'object') return [[[name], String(value)]];
    return leaves(value).map(([path, leaf]): [Path, string] => [[name, ...path], leaf]);
  });
}

/** What several events in a row changed together: of each path the first value before and the last after. */
export function merged(changes: readonly Change[]): Change[] {
  const byPath = new Map<string, Change>();
  for (const change of changes) {
    const key = JSON.stringify(change.path);
    byPath.set(key, { ...change, before: (byPath.get(key) ?? change).before });
  }
  return [...byPath.values()].filter(({ before, after }) => before !== after);
}
