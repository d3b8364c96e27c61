/** What a network is to a composition: fields of the state in which messages wait for their recipients. */

import type { Field } from './system.ts';

/** An event of a machine: a flat record. */
export interface Message {
  readonly type: string;
}

export interface Addressee {
  readonly name: string;
  /** Every message that it may get. */
  readonly receives: readonly Message[];
  /** Who may send it something: every component. */
  readonly senders: readonly string[];
}

/** What may be done with what waits in an inbox, and the content that is left. */
export interface Option {
  readonly message: Message;
  readonly content: number;
}

/** One place in which messages to one recipient wait. Its content is a number; 0: nothing has been sent. */
export interface Inbox {
  /** `TM`, `TM from RM1`: of whom it is, and from whom. */
  readonly name: string;
  readonly field: Field;
  /** Whether a message of a sender waits here. */
  readonly accepts: (message: Message, sender: string) => boolean;
  /** The content after a message has been sent; null: it is full. */
  readonly after: (content: number, message: Message) => number | null;
  readonly deliveries: (content: number) => readonly Option[];
  /** What the network may lose. */
  readonly losses: (content: number) => readonly Option[];
  /** What the network may deliver and keep, to deliver it again. */
  readonly repetitions: (content: number) => readonly Option[];
}

export interface Network {
  /** `bag of at most 4 messages a recipient`: part of the name of a system. */
  readonly name: string;
  readonly inboxesOf: (addressee: Addressee) => readonly Inbox[];
}

/** The same for equal messages. */
export function nameOf({ type, ...payload }: Message): string {
  const fields = Object.entries(payload).sort(([a], [b]) => (a < b ? -1 : 1));
  if (fields.length === 0) return type;
  return `${type}(${fields.map(([name, value]) => `${name}: ${JSON.stringify(value)}`).join(', ')})`;
}
