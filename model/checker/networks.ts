/** The networks that there are: they differ in what is kept, in what order, and in what can be received twice. */

import type { Addressee, Inbox, Message, Network, Option } from './network.ts';
import { nameOf } from './network.ts';

const NOTHING = (): readonly Option[] => [];
const CONTENT_BITS = 16;

/**
 * It never loses and never forgets: what was sent once can be received at any time, and again. It is how TLA+
 * specifications usually have their messages. One bit for each message to each recipient.
 */
export const monotoneSet: Network = {
  name: 'monotone set',
  inboxesOf: ({ name, receives }) =>
    receives.map((message): Inbox => {
      const text = nameOf(message);
      const deliveries = [{ message, content: 1 }];
      return {
        name: `${text} to ${name}`,
        field: { name: `${text} to ${name}`, bits: 1 },
        accepts: (sent) => nameOf(sent) === text,
        after: () => 1,
        deliveries: (content) => (content === 1 ? deliveries : []),
        losses: NOTHING,
        repetitions: NOTHING,
      };
    }),
};

/** Each message is received once, in any order. Equal ones are counted. */
export function bag(capacity: number): Network {
  return {
    name: `bag of at most ${capacity} messages a recipient`,
    inboxesOf: (addressee) => [
      waiting(addressee.name, addressee, () => true, {
        capacity,
        arranged: (messages) => messages.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)),
        within: (messages) =>
          messages.flatMap((message, index) =>
            index > 0 && nameOf(messages[index - 1]!) === nameOf(message) ? [] : [index],
          ),
      }),
    ],
  };
}

/** Each message is received once, those of one sender to one recipient in the order in which they were sent. */
export function fifo(capacity: number): Network {
  return {
    name: `FIFO of at most ${capacity} messages a connection`,
    inboxesOf: (addressee) =>
      addressee.senders.map((sender) =>
        waiting(`${addressee.name} from ${sender}`, addressee, (from) => from === sender, {
          capacity,
          arranged: (messages) => messages,
          within: (messages) => (messages.length > 0 ? [0] : []),
        }),
      ),
  };
}

interface Discipline {
  readonly capacity: number;
  /** In the order that tells one content from another. */
  readonly arranged: (messages: readonly Message[]) => readonly Message[];
  /** Which of them can be received, lost or repeated next. */
  readonly within: (messages: readonly Message[]) => readonly number[];
}

function waiting(
  name: string,
  { receives }: Addressee,
  isFrom: (sender: string) => boolean,
  { capacity, arranged, within }: Discipline,
): Inbox {
  const contents = new Contents();
  const accepted = new Set(receives.map(nameOf));
  const without = (messages: readonly Message[], index: number): number =>
    contents.idOf(messages.filter((_, other) => other !== index));
  const taken = (content: number): readonly Option[] => {
    const messages = contents.of(content);
    return within(messages).map((index) => ({
      message: messages[index]!,
      content: without(messages, index),
    }));
  };
  return {
    name,
    field: {
      name: `messages to ${name}`,
      bits: CONTENT_BITS,
      describe: (content) => `[${contents.of(content).map(nameOf).join(', ')}]`,
    },
    accepts: (message, sender) => isFrom(sender) && accepted.has(nameOf(message)),
    after: (content, message) => {
      const messages = contents.of(content);
      return messages.length === capacity ? null : contents.idOf(arranged([...messages, message]));
    },
    deliveries: taken,
    losses: taken,
    repetitions: (content) => taken(content).map(({ message }) => ({ message, content })),
  };
}

/** Lists of messages by number; the empty one is 0. */
class Contents {
  readonly #lists: (readonly Message[])[] = [[]];
  readonly #ids = new Map<string, number>([['', 0]]);

  of(id: number): readonly Message[] {
    return this.#lists[id]!;
  }

  idOf(messages: readonly Message[]): number {
    const key = messages.map(nameOf).join('\n');
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#lists.push(messages) - 1;
      this.#ids.set(key, id);
    }
    return id;
  }
}
