/** What a network is to a composition: fields of the state in which messages wait for their recipients. */

import type { Field, Read } from './system.ts';

/** An event of a machine: a flat record. */
export interface Message {
  readonly type: string;
}

export interface Addressee {
  readonly name: string;
  /** Every message that it may get. */
  readonly receives: readonly Message[];
}

/** One place in which messages to one recipient wait. */
export interface Inbox {
  /** Of the step in which the recipient takes what waits here. */
  readonly name: string;
  readonly field: Field;
  /** What can be taken now, and the content that is left; null: nothing. */
  readonly next: (read: Read) => { readonly message: Message; readonly content: number } | null;
  /** Whether a message to the recipient waits here. */
  readonly holds: (message: Message) => boolean;
  /** The content after a message has been sent. */
  readonly after: (content: number, message: Message) => number;
}

export interface Network {
  readonly name: string;
  /** Those of a recipient; the first one's field has this number, and the others follow. */
  readonly inboxesOf: (addressee: Addressee, firstField: number) => readonly Inbox[];
}

/** The same for equal messages. */
export function nameOf({ type, ...payload }: Message): string {
  const fields = Object.entries(payload);
  if (fields.length === 0) return type;
  return `${type}(${fields.map(([name, value]) => `${name}: ${String(value)}`).join(', ')})`;
}
