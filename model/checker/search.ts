/** Breadth-first search of a system, exact, in one thread: every reachable state once, counterexamples of the fewest steps. */

import { DecisionTable } from './decision-table.ts';
import type { Patch } from './state-layout.ts';
import { StateLayout } from './state-layout.ts';
import { StateStore } from './state-store.ts';
import type { Property, Read, System } from './system.ts';

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
  /** How often rules were asked: all else came from tables. */
  readonly evaluations: number;
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

export class Search<Action> {
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

  constructor(system: System<Action>, bounds: SearchBounds = {}) {
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
    const { maxStates = Number.POSITIVE_INFINITY, maxDepth = Number.POSITIVE_INFINITY } =
      this.#bounds;
    const store = this.#store;
    let level = 0;
    while (level < store.size) {
      this.#depth += 1;
      const end = store.size;
      this.#isLastLevel = this.#depth >= maxDepth;
      for (let state = level; state < end; state += 1) {
        this.#visit(state);
        if (this.#violation !== null) return null;
        if (store.size > maxStates) return `there are more than ${maxStates} states`;
      }
      if (this.#isCut) return `there are states beyond depth ${maxDepth}`;
      level = end;
    }
    return null;
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
      const { name, kind, isExpectedToFail = false } = watched.property;
      if (watched.table.of(this.#values) === (kind === 'always')) continue;
      watched.decidedBy = state;
      if (kind === 'sometimes' || isExpectedToFail || this.#violation !== null) continue;
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
    const next = this.#next;
    for (let word = 0; word < next.length; word += 1) next[word] = chunk[at + word]!;
    const { words, keep, set } = patch;
    for (let index = 0; index < words.length; index += 1) {
      const word = words[index]!;
      next[word] = (next[word]! & keep[index]!) | set[index]!;
    }
    this.#found(state);
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
    const verdicts = violation === null ? (reasons.length === 0 ? 'holds' : 'inconclusive') : null;
    return {
      verdict: verdicts ?? 'violated',
      reasons,
      distinct: this.#store.size,
      generated: this.#generated,
      depth: this.#depth,
      properties,
      evaluations: this.#groups.reduce((sum, { size }) => sum + size, 0),
      bytesPerState: this.#store.bytes / this.#store.size,
    };
  }

  #propertyResult({ property, decidedBy }: Watched, bound: string | null): PropertyResult<Action> {
    const { name, kind, isExpectedToFail = false } = property;
    const isOver = bound === null && this.#violation === null && this.#cuts.size === 0;
    const found = { name, kind, message: null, trace: null };
    if (decidedBy === -1) {
      if (!isOver) return { ...found, status: 'undecided' };
      return { ...found, status: kind === 'always' ? 'holds' : 'unreached' };
    }
    const trace = this.#path(decidedBy);
    if (kind === 'sometimes') return { ...found, status: 'reached', trace };
    const status = isExpectedToFail ? 'expected' : 'violated';
    return { ...found, status, message: `${name} does not hold`, trace };
  }

  #traceOf({ state, action }: Violation<Action>): readonly TraceStep<Action>[] {
    const path = this.#path(state);
    return action === null ? path : [...path, { action, values: path.at(-1)!.values }];
  }

  /** From an initial state. */
  #path(state: number): readonly TraceStep<Action>[] {
    const path: TraceStep<Action>[] = [];
    for (let at = state; at !== -1; at = this.#parents[at]!) {
      const parent = this.#parents[at]!;
      path.unshift({
        action: parent === -1 ? null : this.#actionBetween(parent, at),
        values: [...this.#valuesOf(at)],
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
    const values = this.#valuesOf(from);
    const read: Read = (field) => values[field]!;
    const target = this.#valuesOf(to);
    for (const { outcomes } of this.#system.groups) {
      for (const { action, writes } of outcomes(read)) {
        const after = Int32Array.from(values);
        for (const [field, value] of writes) after[field] = value;
        if (after.every((value, field) => value === target[field])) return action;
      }
    }
    throw new Error(`expected a step from state ${from} to state ${to}; found none`);
  }
}
