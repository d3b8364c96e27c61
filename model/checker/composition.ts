/**
 * A system of XState machines that send each other messages: each machine's local state is a field, and so is what waits
 * in the network, and what is left of each budget. A step is one machine taking one event, by its own choice or from the
 * network, and sending what it sends; or the network losing something.
 */

import type { AnyStateMachine } from 'xstate';
import { MachineRuleError } from './errors.ts';
import type { Inbox, Message, Network, Option } from './network.ts';
import { nameOf } from './network.ts';
import { StepDraft } from './step-draft.ts';
import type { Field, FieldIndex, Outcome, Property, Read, System } from './system.ts';
import type { EmittedAction, LocalState } from './transition-table.ts';
import { TransitionTable } from './transition-table.ts';

export interface Choice {
  readonly event: Message;
  /** What it is paid from; without it, it is free. */
  readonly budget?: string;
}

export interface Component {
  readonly name: string;
  /** Its one output is the action `send` with params `Send`. */
  readonly machine: AnyStateMachine;
  /** Events that it may take at any time by itself, where its chart handles them. */
  readonly choices: readonly Choice[];
  /** Events that others may send it. */
  readonly receives: readonly Message[];
}

/** The params of a machine's `send`. */
export interface Send {
  /** Names of components. */
  readonly to: readonly string[];
  readonly message: Message;
}

/** Local states of a global state, by component. */
export type LocalStates = (component: string) => LocalState<AnyStateMachine>;

export interface ComposedProperty {
  readonly name: string;
  readonly kind: Property['kind'];
  readonly holds: (states: LocalStates) => boolean;
}

export interface Composition {
  readonly name: string;
  readonly components: readonly Component[];
  readonly network: Network;
  /** How often something may happen at most. The network pays `lose` and `repeat`; without them it does neither. */
  readonly budgets: Readonly<Record<string, number>>;
  readonly properties: readonly ComposedProperty[];
  /** Whether a state may be the last one. */
  readonly isQuiescent: (states: LocalStates) => boolean;
}

const BITS = 16;
/** What the network pays. */
const NETWORK_BUDGETS: readonly (string | undefined)[] = ['lose', 'repeat'];

interface Placed {
  readonly component: Component;
  readonly table: TransitionTable<AnyStateMachine, EmittedAction>;
  readonly field: FieldIndex;
  readonly inboxes: readonly PlacedInbox[];
}

interface PlacedInbox {
  readonly inbox: Inbox;
  readonly field: FieldIndex;
}

export function compose(composition: Composition): System {
  return new Composer(composition).system();
}

class Composer {
  readonly #composition: Composition;
  readonly #fields: Field[] = [];
  readonly #initial: number[] = [];
  readonly #budgets = new Map<string, FieldIndex>();
  readonly #placed = new Map<string, Placed>();

  constructor(composition: Composition) {
    this.#composition = composition;
    const senders = composition.components.map(({ name }) => name);
    const tables = new Map<AnyStateMachine, Placed['table']>();
    for (const component of composition.components) {
      const { name, machine } = component;
      let table = tables.get(machine);
      if (table === undefined) tables.set(machine, (table = new TransitionTable(machine)));
      this.#place(component, table, composition.network.inboxesOf({ ...component, senders }));
      if (senders.filter((other) => other === name).length > 1) {
        throw new RangeError(
          `expected every component to have a name of its own; found ${name} twice`,
        );
      }
    }
    const payable = [
      ...NETWORK_BUDGETS,
      ...composition.components.flatMap(({ choices }) => choices.map(({ budget }) => budget)),
    ];
    for (const [budget, amount] of Object.entries(composition.budgets)) {
      if (!payable.includes(budget)) {
        throw new RangeError(
          `expected a budget that something is paid from (${NETWORK_BUDGETS.join(', ')}, or a choice's); found ${budget}`,
        );
      }
      this.#budgets.set(budget, this.#field({ name: `budget ${budget}`, bits: BITS }, amount));
    }
  }

  system(): System {
    const { properties, isQuiescent } = this.#composition;
    const local =
      (read: Read): LocalStates =>
      (component) => {
        const { table, field } = this.#component(component);
        return table.stateOf(read(field));
      };
    return {
      name: this.#name,
      fields: this.#fields,
      initialStates: [this.#initial],
      groups: [...this.#placed.values()].flatMap((placed) => [
        ...placed.component.choices.map((choice) => this.#choice(placed, choice)),
        ...placed.inboxes.flatMap((inbox) => this.#traffic(placed, inbox)),
      ]),
      properties: properties.map(({ name, kind, holds }) => ({
        name,
        kind,
        holds: (read) => holds(local(read)),
      })),
      isQuiescent: (read) => isQuiescent(local(read)),
    };
  }

  /** `two-phase commit; FIFO of at most 2 messages a connection; at most 1 lose`. */
  get #name(): string {
    const { name, network, budgets } = this.#composition;
    const amounts = Object.entries(budgets).map(([budget, amount]) => `${amount} ${budget}`);
    return [
      name,
      network.name,
      ...(amounts.length === 0 ? [] : [`at most ${amounts.join(', ')}`]),
    ].join('; ');
  }

  #place(component: Component, table: Placed['table'], inboxes: readonly Inbox[]): void {
    const describe = (value: number): string => JSON.stringify(table.stateOf(value));
    const field = this.#field({ name: component.name, bits: BITS, describe }, table.initial);
    const placed = inboxes.map((inbox) => ({ inbox, field: this.#field(inbox.field, 0) }));
    this.#placed.set(component.name, { component, table, field, inboxes: placed });
  }

  #field(field: Field, initial: number): FieldIndex {
    this.#initial.push(initial);
    return this.#fields.push(field) - 1;
  }

  #component(name: string): Placed {
    const placed = this.#placed.get(name);
    if (placed !== undefined) return placed;
    const names = [...this.#placed.keys()].join(', ');
    throw new RangeError(`expected the name of a component (${names}); found ${name}`);
  }

  #choice(placed: Placed, { event, budget }: Choice): System['groups'][number] {
    const action = `${placed.component.name}: ${nameOf(event)}`;
    return {
      name: action,
      outcomes: (read) => {
        const draft = new StepDraft(read);
        if (budget !== undefined && !this.#pays(draft, budget)) return [];
        return this.#step(action, placed, event, draft, false);
      },
    };
  }

  /** What can become of what waits in an inbox. */
  #traffic(placed: Placed, { inbox, field }: PlacedInbox): readonly System['groups'][number][] {
    const { name } = placed.component;
    const groups = [
      this.#group(`deliver to ${inbox.name}`, field, inbox.deliveries, ({ message }, draft) =>
        this.#step(`${name} takes ${nameOf(message)}`, placed, message, draft, true),
      ),
    ];
    if (this.#budgets.has('repeat')) {
      const repeat = (option: Option, draft: StepDraft): readonly Outcome<string>[] => {
        if (!this.#pays(draft, 'repeat')) return [];
        const action = `${name} takes ${nameOf(option.message)}, which will come again`;
        return this.#step(action, placed, option.message, draft, true);
      };
      groups.push(this.#group(`repeat to ${inbox.name}`, field, inbox.repetitions, repeat));
    }
    if (this.#budgets.has('lose')) {
      const lose = ({ message }: Option, draft: StepDraft): readonly Outcome<string>[] => {
        if (!this.#pays(draft, 'lose')) return [];
        return [draft.outcome(`${nameOf(message)} to ${name} is lost`)];
      };
      groups.push(this.#group(`lose to ${inbox.name}`, field, inbox.losses, lose));
    }
    return groups;
  }

  #group(
    name: string,
    field: FieldIndex,
    options: (content: number) => readonly Option[],
    take: (option: Option, draft: StepDraft) => readonly Outcome<string>[],
  ): System['groups'][number] {
    return {
      name,
      outcomes: (read) =>
        options(read(field)).flatMap((option) => {
          const draft = new StepDraft(read);
          draft.write(field, option.content);
          return take(option, draft);
        }),
    };
  }

  #pays(draft: StepDraft, budget: string): boolean {
    const field = this.#budgets.get(budget);
    if (field === undefined) {
      const names = [...this.#budgets.keys()].join(', ');
      throw new RangeError(`expected the name of a budget (${names}); found ${budget}`);
    }
    const left = draft.read(field);
    if (left > 0) draft.write(field, left - 1);
    return left > 0;
  }

  /** What is ignored is no step, unless it uses a message up. */
  #step(
    action: string,
    { component, table, field }: Placed,
    event: Message,
    draft: StepDraft,
    isDelivery: boolean,
  ): readonly Outcome<string>[] {
    const entry = table.step(draft.read(field), table.eventIdOf(event));
    if (entry.outcome === 'unexpected') {
      const fault = `${component.name} does not expect ${nameOf(event)}`;
      return [{ ...draft.outcome(action), fault }];
    }
    if (entry.outcome === 'ignored' && !(isDelivery && draft.changes)) return [];
    draft.write(field, entry.next);
    for (const { type, params } of entry.actions) {
      if (type === 'ignore') continue;
      if (type !== 'send') {
        const problem = `its output is the action "send"; found "${type}", on ${nameOf(event)}`;
        throw new MachineRuleError(component.machine.id, [problem]);
      }
      const { to, message } = params as Send;
      for (const name of to) {
        const full = this.#put(component.name, name, message, draft);
        if (full !== null) return [{ ...draft.outcome(action), cut: `${full} is full` }];
      }
    }
    return [draft.outcome(action)];
  }

  /** Returns the name of an inbox that is full; null: it is sent. */
  #put(sender: string, to: string, message: Message, draft: StepDraft): string | null {
    const { inboxes } = this.#component(to);
    const found = inboxes.find(({ inbox }) => inbox.accepts(message, sender));
    if (found === undefined) {
      throw new RangeError(
        `expected ${sender} to send ${to} what it receives; found ${nameOf(message)}. Add it to the \`receives\` of ${to}.`,
      );
    }
    const content = found.inbox.after(draft.read(found.field), message);
    if (content === null) return found.inbox.name;
    draft.write(found.field, content);
    return null;
  }
}
