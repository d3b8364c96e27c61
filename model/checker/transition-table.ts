/**
 * A lazy table over an XState machine: each (local state, event) is evaluated once, through XState's own pure
 * `transition()`, and remembered. The machine stays the only definition; whoever explores it handles small integers.
 * A full table cannot be built ahead of time, because a machine closed over all messages has far more local states
 * than are reachable. The idea is LTSmin's transition caching, with XState as the front end.
 *
 * A state's identity is its value and context, an event's is its canonical form: both are flat records (see
 * `RecordInterner`). Interned records are frozen.
 */

import type { AnyStateMachine, ContextFrom, EventFromLogic, StateValueFrom } from 'xstate';
import { initialTransition, transition } from 'xstate';
import { ChartTransitions } from './chart-transitions.ts';
import { MachineRuleError } from './errors.ts';
import { checkedEventTypes } from './machine-rules.ts';
import { RecordInterner } from './record-interner.ts';

export type StateId = number;
export type EventId = number;

/** An output of a transition: the name of an action that is not an assignment, with its evaluated params. */
export interface EmittedAction {
  readonly type: string;
  readonly params: unknown;
}

/** `ignored` and `unexpected` are cells that hold only the action of that name; such a transition changes nothing. */
export type Outcome = 'handled' | 'ignored' | 'unexpected';

export interface TableEntry<Action extends EmittedAction> {
  /** Entries are numbered in the order in which they were evaluated, from 0. */
  readonly number: number;
  readonly next: StateId;
  readonly actions: readonly Action[];
  readonly outcome: Outcome;
}

export interface LocalState<Machine extends AnyStateMachine> {
  readonly value: StateValueFrom<Machine>;
  readonly context: ContextFrom<Machine>;
}

interface TypedEvent {
  readonly type: string;
}

export class TransitionTable<
  Machine extends AnyStateMachine,
  Action extends EmittedAction = EmittedAction,
> {
  /** The state that the machine starts in. */
  readonly initial: StateId;
  /** Every event type of the chart; each has a cell in every state. */
  readonly eventTypes: readonly string[];
  readonly #machine: Machine;
  readonly #contexts = new RecordInterner<object>();
  readonly #values: StateValueFrom<Machine>[] = [];
  readonly #events = new RecordInterner<TypedEvent>();
  readonly #rows: Map<EventId, TableEntry<Action>>[] = [];
  /** Of the entry of each number. */
  readonly #occasions: { readonly state: StateId; readonly event: EventId }[] = [];
  readonly #taken: (readonly number[])[] = [];
  #chart: ChartTransitions | null = null;

  /** `Action` is the union of the machine's outputs with the params types of its `setup`. Throws MachineRuleError. */
  constructor(machine: Machine) {
    this.eventTypes = checkedEventTypes(machine);
    this.#machine = machine;
    const [snapshot] = initialTransition(machine as AnyStateMachine) as unknown as [
      LocalState<Machine>,
    ];
    this.initial = this.idOf(snapshot.value, snapshot.context);
  }

  /** How often XState was asked: the number of distinct (state, event) pairs seen. */
  get transitionCalls(): number {
    return this.#occasions.length;
  }

  get stateCount(): number {
    return this.#values.length;
  }

  get eventCount(): number {
    return this.#events.size;
  }

  /** The integer of a local state, whether or not the machine was seen to reach it. */
  idOf(value: StateValueFrom<Machine>, context: ContextFrom<Machine>): StateId {
    const kind = typeof value === 'string' ? value : JSON.stringify(value);
    const id = this.#contexts.idOf(kind, context as object);
    if (id === this.#values.length) {
      this.#values.push(value);
      this.#rows.push(new Map());
    }
    return id;
  }

  stateOf(id: StateId): LocalState<Machine> {
    const context = this.#contexts.itemOf(id) as ContextFrom<Machine>;
    return { value: this.#values[id]!, context };
  }

  eventIdOf(event: EventFromLogic<Machine>): EventId {
    const typed: TypedEvent = event;
    return this.#events.idOf(typed.type, typed);
  }

  eventOf(id: EventId): EventFromLogic<Machine> {
    return this.#events.itemOf(id) as EventFromLogic<Machine>;
  }

  /** What the machine does with `event` in `state`: two look-ups, but for the first time. */
  step(state: StateId, event: EventId): TableEntry<Action> {
    const row = this.#rows[state];
    const known = row?.get(event);
    if (known !== undefined) return known;
    const entry = this.#evaluate(state, event);
    this.#rows[state]!.set(event, entry);
    return entry;
  }

  /** The machine's transitions as drawn, numbered. */
  get chart(): ChartTransitions {
    this.#chart ??= new ChartTransitions(this.#machine);
    return this.#chart;
  }

  /** Numbers, in `chart`, of the transitions that the entry of this number stands for. */
  transitionsTaken(number: number): readonly number[] {
    let taken = this.#taken[number];
    if (taken === undefined) {
      const { state, event } = this.#occasions[number]!;
      taken = this.chart.taken({ ...this.stateOf(state), event: this.eventOf(event) });
      this.#taken[number] = taken;
    }
    return taken;
  }

  /** Every pair that was asked for, and what it gave: the coverage of whoever used the table. */
  *evaluated(): Generator<{
    readonly state: StateId;
    readonly event: EventId;
    readonly entry: TableEntry<Action>;
  }> {
    for (const [state, row] of this.#rows.entries()) {
      for (const [event, entry] of row) yield { state, event, entry };
    }
  }

  #evaluate(state: StateId, event: EventId): TableEntry<Action> {
    const { value, context } = this.stateOf(state);
    const eventRecord = this.eventOf(event);
    const snapshot = this.#machine.resolveState({ value, context });
    if (!snapshot.can(eventRecord)) {
      throw this.#fault(state, event, 'has no cell');
    }
    const [next, executable] = transition(
      this.#machine,
      snapshot as never,
      eventRecord as never,
    ) as unknown as [LocalState<Machine>, readonly EmittedAction[]];
    const actions = executable.map(({ type, params }) => ({ type, params }) as Action);
    if (actions.some(({ type }) => type.startsWith('xstate.'))) {
      throw this.#fault(state, event, `emits ${actions.map(({ type }) => type).join(', ')}`);
    }
    const entry = {
      number: this.#occasions.length,
      next: this.idOf(next.value, next.context),
      actions,
      outcome: outcomeOf(actions),
    };
    if (entry.outcome !== 'handled' && (entry.next !== state || actions.length > 1)) {
      throw this.#fault(state, event, `is ${entry.outcome} and yet moves or acts`);
    }
    this.#occasions.push({ state, event });
    return entry;
  }

  #fault(state: StateId, event: EventId, what: string): MachineRuleError {
    const eventJson = JSON.stringify(this.#events.itemOf(event));
    const where = `${JSON.stringify(this.stateOf(state))} on ${eventJson}`;
    return new MachineRuleError(this.#machine.id, [`${where} ${what}`]);
  }
}

function outcomeOf(actions: readonly EmittedAction[]): Outcome {
  if (actions.some(({ type }) => type === 'unexpected')) return 'unexpected';
  return actions.some(({ type }) => type === 'ignore') ? 'ignored' : 'handled';
}
