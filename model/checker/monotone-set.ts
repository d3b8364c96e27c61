/**
 * A network that never loses and never forgets: what was sent once can be received at any time, and again. It is how TLA+
 * specifications usually have their messages. One bit for each message to each recipient.
 */

import type { Addressee, Inbox, Network } from './network.ts';
import { nameOf } from './network.ts';

export const monotoneSet: Network = {
  name: 'monotone set',
  inboxesOf(addressee: Addressee, firstField: number): readonly Inbox[] {
    return addressee.receives.map((message, index) => {
      const field = firstField + index;
      const text = nameOf(message);
      return {
        name: `${addressee.name} takes ${text}`,
        field: { name: `${text} to ${addressee.name}`, bits: 1 },
        next: (read) => (read(field) === 1 ? { message, content: 1 } : null),
        holds: (sent) => nameOf(sent) === text,
        after: () => 1,
      };
    });
  },
};
