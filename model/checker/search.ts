/** Breadth-first search of a system, exact, in one thread: every reachable state once, counterexamples of the fewest steps. */

import { DecisionTable } from './decision-table.ts';
import type { Patch } from './state-layout.ts';
import { StateLayout } from './state-layout.ts';
import { StateStore } from './state-store.ts';
import type { Property, System } from './system.ts';

/** What ends a search early. */
export interface SearchBounds {
  readonly maxStates?: number;
  /** Of the levels; initial states are the first. */
  readonly maxDepth?: number;
}

export interface TraceStep<Action> {
  /** Null: the initial state. */
  readonly action: Action | null;
  /** By field. */
  readonly values: readonly number[];
  /** The same in words: `TM: {"value":"Init"}`. */
  readonly state: readonly string[];
}

/** `expected`: broken, as it may be. */
export type PropertyStatus =
  | 'holds'
  | 'violated'
  | 'expected'
  | 'reached'
  | 'unreached'
  | 'undecided';

export interface PropertyResult<Action> {
  readonly name: string;
  readonly kind: Property['kind'] | 'deadlock' | 'fault';
  readonly status: PropertyStatus;
  /** Of a violated one: a sentence. */
  readonly message: string | null;
  /** To the violation, or to the state that was to be reached. */
  readonly trace: readonly TraceStep<Action>[] | null;
}

export interface SearchResult<Action> {
  /** Name of the system, which says its bounds. */
  readonly system: string;
  readonly verdict: 'holds' | 'violated' | 'inconclusive';
  /** Why it is not `holds`. */
  readonly reasons: readonly string[];
  /** States, each counted once. */
  readonly distinct: number;
  /** Initial states and steps, as TLC counts. */
  readonly generated: number;
  /** Levels, of which the initial states are the first, as TLC counts. */
  readonly depth: number;
  readonly properties: readonly PropertyResult<Action>[];
  /** How often transition groups were asked: all else came from their tables. */
  readonly evaluations: number;
  /** Of what grows with the states: they, their index, their parents. Tables come on top. */
  readonly bytesPerState: number;
}

interface Successor<Action> {
  readonly action: Action;
  readonly patch: Patch;
  readonly fault: string | undefined;
  readonly cut: string | undefined;
}

interface Watched {
  readonly property: Property;
  readonly table: DecisionTable<boolean>;
  /** The state that decided it; -1: none so far. */
  decidedBy: number;
}

interface Violation<Action> {
  readonly name: string;
  readonly kind: PropertyResult<Action>['kind'];
  readonly state: number;
  readonly message: string;
  /** Taken from the state; null: the state itself is at fault. */
  readonly action: Action | null;
}

/** States are numbered in 31 bits, and the index has twice as many slots. */
const STATES_MAX = 2 ** 30;

/** Throws RangeError for a system without an initial state, or with one that has not a value for each field. */
export function search<Action>(
  system: System<Action>,
  bounds: SearchBounds = {},
): SearchResult<Action> {
  const lengths = system.initialStates.map(({ length }) => length);
  if (lengths.length === 0 || lengths.some((length) => length !== system.fields.length)) {
    throw new RangeError(
      `expected an initial state, each with ${system.fields.length} values; found ${lengths.length === 0 ? 'none' : lengths.join(' and ')}`,
    );
  }
  return new Search(system, bounds).run();
}

class Search<Action> {
  readonly #system: System<Action>;
  readonly #bounds: SearchBounds;
  readonly #layout: StateLayout;
  readonly #store: StateStore;
  readonly #groups: readonly DecisionTable<readonly Successor<Action>[]>[];
  readonly #watched: readonly Watched[];
  readonly #quiescent: DecisionTable<boolean>;
  /** By state: the one that it was found from; -1: none. */
  #parents = new Int32Array(1 << 12);
  readonly #values: Int32Array;
  readonly #next: Int32Array;
  #generated = 0;
  #depth = 0;
  /** From here on nothing new is taken; only whether there would be something. */
  #isLastLevel = false;
  #isCut = false;
  /** Why steps were not taken. */
  readonly #cuts = new Set<string>();
  #violation: Violation<Action> | null = null;

  constructor(system: System<Action>, bounds: SearchBounds) {
    this.#system = system;
    this.#bounds = bounds;
    this.#layout = new StateLayout(system.fields);
    this.#store = new StateStore(this.#layout.words);
    this.#groups = system.groups.map(
      ({ name, outcomes }) =>
        new DecisionTable(name, (read) =>
          outcomes(read).map(({ action, writes, fault, cut }) => ({
            action,
            patch: this.#layout.patchOf(writes),
            fault,
            cut,
          })),
        ),
    );
    this.#watched = system.properties.map((property) => ({
      property,
      table: new DecisionTable(property.name, property.holds),
      decidedBy: -1,
    }));
    this.#quiescent = new DecisionTable('isQuiescent', system.isQuiescent);
    this.#values = new Int32Array(system.fields.length);
    this.#next = new Int32Array(this.#layout.words);
  }

  run(): SearchResult<Action> {
    for (const state of this.#system.initialStates) {
      this.#next.set(this.#layout.pack(state));
      this.#found(-1);
    }
    const bound = this.#searchLevels();
    return this.#result(bound);
  }

  /** Returns the bound that ended it; null: it saw everything, or a violation. */
  #searchLevels(): string | null {
    const { maxDepth = Number.POSITIVE_INFINITY } = this.#bounds;
    const maxStates = Math.min(this.#bounds.maxStates ?? STATES_MAX, STATES_MAX);
    const store = this.#store;
    let level = 0;
    while (level < store.size) {
      this.#depth += 1;
      const end = store.size;
      this.#isLastLevel = this.#depth >= maxDepth;
      for (let state = level; state < end; state += 1) {
        this.#visit(state);
        if (this.#violation !== null) {
          this.#lookForShorter(state + 1, end);
          return null;
        }
        if (store.size > maxStates) return `there are more than ${maxStates} states`;
      }
      if (this.#isCut) return `there are states beyond depth ${maxDepth}`;
      level = end;
    }
    return null;
  }

  /** A fault lies a step behind its state: another state of the level may break a property here. */
  #lookForShorter(from: number, end: number): void {
    const fault = this.#violation;
    if (fault?.kind !== 'fault') return;
    this.#violation = null;
    for (let state = from; state < end && this.#violation === null; state += 1) {
      this.#layout.unpack(this.#store.chunkOf(state), this.#store.placeOf(state), this.#values);
      this.#check(state);
    }
    this.#violation ??= fault;
  }

  #visit(state: number): void {
    const chunk = this.#store.chunkOf(state);
    const at = this.#store.placeOf(state);
    this.#layout.unpack(chunk, at, this.#values);
    this.#check(state);
    if (this.#violation !== null) return;
    let hasStep = false;
    for (const group of this.#groups) {
      for (const successor of group.of(this.#values)) {
        hasStep = true;
        this.#take(state, successor, chunk, at);
      }
    }
    if (!hasStep && !this.#quiescent.of(this.#values)) {
      const message = 'nothing can happen, and the state is not declared quiescent';
      this.#violation = { name: 'deadlock', kind: 'deadlock', state, message, action: null };
    }
  }

  #check(state: number): void {
    for (const watched of this.#watched) {
      if (watched.decidedBy !== -1) continue;
      const { name, kind } = watched.property;
      if (watched.table.of(this.#values) === (kind === 'always')) continue;
      watched.decidedBy = state;
      if (!decidesVerdict(watched.property) || this.#violation !== null) continue;
      const message = `${name} does not hold`;
      this.#violation = { name, kind, state, message, action: null };
    }
  }

  #take(state: number, successor: Successor<Action>, chunk: Int32Array, at: number): void {
    const { action, patch, fault, cut } = successor;
    if (fault !== undefined) {
      this.#violation ??= { name: 'fault', kind: 'fault', state, message: fault, action };
      return;
    }
    if (cut !== undefined) {
      this.#cuts.add(cut);
      return;
    }
    this.#patch(patch, chunk, at);
    this.#found(state);
  }

  /** Into `#next`. */
  #patch({ words, keep, set }: Patch, chunk: Int32Array, at: number): void {
    const next = this.#next;
    for (let word = 0; word < next.length; word += 1) next[word] = chunk[at + word]!;
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index]!;
      next[word] = (next[word]! & keep[index]!) | set[index]!;
    }
  }

  /** The state in `#next`. */
  #found(parent: number): void {
    this.#generated += 1;
    if (this.#isLastLevel) {
      this.#isCut ||= !this.#store.has(this.#next);
      return;
    }
    const { size } = this.#store;
    if (!this.#store.add(this.#next)) return;
    if (size === this.#parents.length) {
      const parents = new Int32Array(size * 2);
      parents.set(this.#parents);
      this.#parents = parents;
    }
    this.#parents[size] = parent;
  }

  #result(bound: string | null): SearchResult<Action> {
    const violation = this.#violation;
    const properties = this.#watched.map((watched) => this.#propertyResult(watched, bound));
    if (violation !== null && violation.kind !== 'always') {
      const { name, kind, message } = violation;
      properties.push({ name, kind, status: 'violated', message, trace: this.#traceOf(violation) });
    }
    const unreached = properties.filter(({ status }) => status === 'unreached');
    const reasons =
      violation === null
        ? [
            ...(bound === null ? [] : [bound]),
            ...[...this.#cuts].map((cut) => `steps were not taken: ${cut}`),
            ...unreached.map(({ name }) => `${name} was never reached`),
          ]
        : [violation.message];
    const verdict = reasons.length === 0 ? 'holds' : 'inconclusive';
    return {
      system: this.#system.name,
      verdict: violation === null ? verdict : 'violated',
      reasons,
      distinct: this.#store.size,
      generated: this.#generated,
      depth: this.#depth,
      properties,
      evaluations: this.#groups.reduce((sum, { size }) => sum + size, 0),
      bytesPerState: (this.#store.bytes + this.#parents.byteLength) / this.#store.size,
    };
  }

  #propertyResult({ property, decidedBy }: Watched, bound: string | null): PropertyResult<Action> {
    const { name, kind } = property;
    const isOver = bound === null && this.#violation === null && this.#cuts.size === 0;
    const found = { name, kind, message: null, trace: null };
    if (decidedBy === -1) {
      if (!isOver) return { ...found, status: 'undecided' };
      return { ...found, status: kind === 'always' ? 'holds' : 'unreached' };
    }
    const trace = this.#path(decidedBy);
    if (kind === 'sometimes') return { ...found, status: 'reached', trace };
    const status = decidesVerdict(property) ? 'violated' : 'expected';
    return { ...found, status, message: `${name} does not hold`, trace };
  }

  #traceOf({ state, action }: Violation<Action>): readonly TraceStep<Action>[] {
    const path = this.#path(state);
    return action === null ? path : [...path, { ...path.at(-1)!, action }];
  }

  /** From an initial state. */
  #path(state: number): readonly TraceStep<Action>[] {
    const path: TraceStep<Action>[] = [];
    for (let at = state; at !== -1; at = this.#parents[at]!) {
      const parent = this.#parents[at]!;
      const values = [...this.#valuesOf(at)];
      path.unshift({
        action: parent === -1 ? null : this.#actionBetween(parent, at),
        values,
        state: this.#system.fields.map(
          ({ name, describe = String }, field) => `${name}: ${describe(values[field]!)}`,
        ),
      });
    }
    return path;
  }

  #valuesOf(state: number): Int32Array {
    const values = new Int32Array(this.#system.fields.length);
    this.#layout.unpack(this.#store.chunkOf(state), this.#store.placeOf(state), values);
    return values;
  }

  #actionBetween(from: number, to: number): Action {
    const [chunk, at] = [this.#store.chunkOf(from), this.#store.placeOf(from)];
    const [target, place] = [this.#store.chunkOf(to), this.#store.placeOf(to)];
    const values = this.#valuesOf(from);
    for (const group of this.#groups) {
      for (const { action, patch, fault, cut } of group.of(values)) {
        if (fault !== undefined || cut !== undefined) continue;
        this.#patch(patch, chunk, at);
        if (this.#next.every((word, index) => word === target[place + index])) return action;
      }
    }
    throw new Error(`expected a step from state ${from} to state ${to}; found none`);
  }
}

/** What is broken as expected is told, and what is reached is not wrong. */
function decidesVerdict(property: Property): boolean {
  return property.kind === 'always' && property.isExpectedToFail !== true;
}
