/**
 * The alternating-bit protocol: a sender and a receiver over a network that loses and repeats. Each payload carries a
 * bit; the receiver delivers one with the bit that it expects, and acknowledges every one with its bit.
 */

import { assign, setup } from 'xstate';
import type { Composition, Send } from './composition.ts';
import type { Network } from './network.ts';

const PAYLOADS = 3;
const BITS = [0, 1] as const;

interface SenderContext {
  readonly bit: number;
  readonly sent: number;
}
type SenderEvent =
  | { readonly type: 'Send' | 'TimeOut' }
  | { readonly type: 'Ack'; readonly bit: number };

const ignore = { actions: 'ignore' } as const;

const sender = setup({
  types: {} as { context: SenderContext; events: SenderEvent },
  guards: {
    hasMore: ({ context }) => context.sent < PAYLOADS,
    isOwn: ({ context, event }) => event.type === 'Ack' && event.bit === context.bit,
  },
  actions: {
    count: assign({ sent: ({ context }) => context.sent + 1 }),
    flip: assign({ bit: ({ context }) => 1 - context.bit }),
    send: (_args, _params: Send) => undefined,
    ignore: () => undefined,
  },
}).createMachine({
  id: 'sender',
  context: { bit: 0, sent: 0 },
  initial: 'Ready',
  states: {
    Ready: {
      on: {
        Send: [
          {
            guard: 'hasMore',
            target: 'Waiting',
            actions: ['count', { type: 'send', params: ({ context }) => data(context.bit) }],
          },
          ignore,
        ],
        TimeOut: ignore,
        Ack: ignore,
      },
    },
    Waiting: {
      on: {
        Send: ignore,
        TimeOut: { actions: { type: 'send', params: ({ context }) => data(context.bit) } },
        Ack: [{ guard: 'isOwn', target: 'Ready', actions: 'flip' }, ignore],
      },
    },
  },
});

function data(bit: number): Send {
  return { to: ['receiver'], message: { type: 'Data', bit } as Send['message'] };
}

function acknowledgement(bit: number): Send {
  return { to: ['sender'], message: { type: 'Ack', bit } as Send['message'] };
}

interface ReceiverContext {
  readonly expected: number;
  readonly delivered: number;
}
interface ReceiverEvent {
  readonly type: 'Data';
  readonly bit: number;
}

function receiver(comparesBit: boolean) {
  return setup({
    types: {} as { context: ReceiverContext; events: ReceiverEvent },
    guards: {
      isExpected: ({ context, event }) => !comparesBit || event.bit === context.expected,
    },
    actions: {
      deliver: assign({
        expected: ({ event }) => 1 - event.bit,
        delivered: ({ context }) => context.delivered + 1,
      }),
      send: (_args, _params: Send) => undefined,
    },
  }).createMachine({
    id: 'receiver',
    context: { expected: 0, delivered: 0 },
    initial: 'Expecting',
    states: {
      Expecting: {
        on: {
          Data: [
            {
              guard: 'isExpected',
              actions: [
                'deliver',
                { type: 'send', params: ({ event }) => acknowledgement(event.bit) },
              ],
            },
            { actions: { type: 'send', params: ({ event }) => acknowledgement(event.bit) } },
          ],
        },
      },
    },
  });
}

/** Without `comparesBit` the receiver delivers whatever comes: a mutant. */
export function alternatingBit(network: Network, comparesBit = true): Composition {
  const counts = (states: Parameters<Composition['isQuiescent']>[0]): readonly [number, number] => {
    const { sent } = states('sender').context as SenderContext;
    const { delivered } = states('receiver').context as ReceiverContext;
    return [sent, delivered];
  };
  return {
    name: 'alternating bit',
    network,
    budgets: { lose: 2, repeat: 1, time: 2 },
    components: [
      {
        name: 'sender',
        machine: sender,
        choices: [{ event: { type: 'Send' } }, { event: { type: 'TimeOut' }, budget: 'time' }],
        receives: BITS.map((bit) => ({ type: 'Ack', bit })),
      },
      {
        name: 'receiver',
        machine: receiver(comparesBit),
        choices: [],
        receives: BITS.map((bit) => ({ type: 'Data', bit })),
      },
    ],
    properties: [
      {
        name: 'ExactlyOnce',
        kind: 'always',
        holds: (states) => {
          const [sent, delivered] = counts(states);
          const isAcknowledged = states('sender').value === 'Ready';
          return delivered === sent || (!isAcknowledged && delivered === sent - 1);
        },
      },
      {
        name: 'AllDelivered',
        kind: 'sometimes',
        holds: (states) => counts(states)[1] === PAYLOADS && states('sender').value === 'Ready',
      },
    ],
    // Out of time, the sender waits for ever.
    isQuiescent: () => true,
  };
}
