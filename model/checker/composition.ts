/**
 * A system of XState machines that send each other messages: each machine's local state is a field, and the network has
 * some. A step is one machine taking one event, by its own choice or from the network, and sending what it sends.
 */

import type { AnyStateMachine } from 'xstate';
import type { Inbox, Message, Network } from './network.ts';
import { nameOf } from './network.ts';
import type { FieldIndex, Outcome, Property, Read, System, TransitionGroup } from './system.ts';
import type { EmittedAction, LocalState } from './transition-table.ts';
import { TransitionTable } from './transition-table.ts';

export interface Component {
  readonly name: string;
  /** Its one output is the action `send` with params `Send`. */
  readonly machine: AnyStateMachine;
  /** Events that it may take at any time by itself, where its chart handles them. */
  readonly choices: readonly Message[];
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
  readonly properties: readonly ComposedProperty[];
  /** Whether a state may be the last one. */
  readonly isQuiescent: (states: LocalStates) => boolean;
  /** Of the field that has a component's local state; 16 unless told. */
  readonly bits?: number;
}

interface Placed {
  readonly component: Component;
  readonly table: TransitionTable<AnyStateMachine, EmittedAction>;
  readonly field: FieldIndex;
  readonly inboxes: readonly { readonly inbox: Inbox; readonly field: FieldIndex }[];
}

const DEFAULT_BITS = 16;

export function compose(composition: Composition): System {
  const placed = place(composition);
  const tables = new Map(placed.map((one) => [one.component.name, one]));
  const local =
    (read: Read): LocalStates =>
    (name) => {
      const { table, field } = tables.get(name)!;
      return table.stateOf(read(field));
    };
  const bits = composition.bits ?? DEFAULT_BITS;
  return {
    name: composition.name,
    fields: placed.flatMap(({ component, table, inboxes }) => [
      { name: component.name, bits, describe: (value) => JSON.stringify(table.stateOf(value)) },
      ...inboxes.map(({ inbox }) => inbox.field),
    ]),
    initialStates: [
      placed.flatMap(({ table, inboxes }) => [table.initial, ...inboxes.map(() => 0)]),
    ],
    groups: placed.flatMap((one) => groupsOf(one, tables)),
    properties: composition.properties.map(({ name, kind, holds }) => ({
      name,
      kind,
      holds: (read) => holds(local(read)),
    })),
    isQuiescent: (read) => composition.isQuiescent(local(read)),
  };
}

/** Components of one machine share its table. */
function place({ components, network }: Composition): readonly Placed[] {
  const tables = new Map<AnyStateMachine, Placed['table']>();
  let field = 0;
  return components.map((component) => {
    const { machine } = component;
    let table = tables.get(machine);
    if (table === undefined) tables.set(machine, (table = new TransitionTable(machine)));
    const own = field;
    const inboxes = network
      .inboxesOf(component, own + 1)
      .map((inbox, index) => ({ inbox, field: own + 1 + index }));
    field = own + 1 + inboxes.length;
    return { component, table, field: own, inboxes };
  });
}

function groupsOf(one: Placed, placed: ReadonlyMap<string, Placed>): readonly TransitionGroup[] {
  const { component, inboxes } = one;
  const choices = component.choices.map((event): TransitionGroup => {
    const name = `${component.name}: ${nameOf(event)}`;
    return { name, outcomes: (read) => step(name, one, event, read, placed, null) };
  });
  const deliveries = inboxes.map(({ inbox, field }): TransitionGroup => {
    return {
      name: inbox.name,
      outcomes: (read) => {
        const next = inbox.next(read);
        if (next === null) return [];
        return step(inbox.name, one, next.message, read, placed, [field, next.content]);
      },
    };
  });
  return [...choices, ...deliveries];
}

/** `taken`: the inbox that the event comes from, and what is left there; null: it is a choice. */
function step(
  action: string,
  { component, table, field }: Placed,
  event: Message,
  read: Read,
  placed: ReadonlyMap<string, Placed>,
  taken: readonly [FieldIndex, number] | null,
): readonly Outcome[] {
  const entry = table.step(read(field), table.eventIdOf(event));
  if (entry.outcome === 'unexpected') {
    return [{ action, writes: [], fault: `${component.name} does not expect ${nameOf(event)}` }];
  }
  if (entry.outcome === 'ignored' && (taken === null || read(taken[0]) === taken[1])) return [];
  const writes = new Map<FieldIndex, number>([[field, entry.next]]);
  if (taken !== null) writes.set(...taken);
  for (const { type, params } of entry.actions) {
    if (type !== 'send') continue;
    const { to, message } = params as Send;
    for (const name of to) put(placed.get(name)!, message, read, writes);
  }
  return [{ action, writes: [...writes] }];
}

function put(
  { component, inboxes }: Placed,
  message: Message,
  read: Read,
  writes: Map<FieldIndex, number>,
): void {
  const found = inboxes.find(({ inbox }) => inbox.holds(message));
  if (found === undefined) {
    throw new Error(`expected ${component.name} to receive ${nameOf(message)}; it is not declared`);
  }
  const { inbox, field } = found;
  writes.set(field, inbox.after(writes.get(field) ?? read(field), message));
}
