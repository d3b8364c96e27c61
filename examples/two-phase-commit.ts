/**
 * Two-phase commit with several resource managers (Gray and Lamport, Consensus on Transaction Commit), after the
 * description of TLA+'s TwoPhase: messages are never lost, the manager may abort at any time before it commits.
 */

import { assign, setup } from 'xstate';
import { monotoneSet, type Composition, type Send } from 'onceproof/checker';

type ManagerEvent =
  | { readonly type: 'Prepared'; readonly from: number }
  | { readonly type: 'Commit' }
  | { readonly type: 'Abort' };
type ResourceEvent =
  | { readonly type: 'Prepare' }
  | { readonly type: 'ChooseToAbort' }
  | { readonly type: 'Commit' }
  | { readonly type: 'Abort' };

const ignore = { actions: 'ignore' } as const;

function transactionManager(resources: number) {
  const all = 2 ** resources - 1;
  const everyone = names(resources);
  return setup({
    types: {} as { context: { readonly prepared: number }; events: ManagerEvent },
    guards: { allPrepared: ({ context }) => context.prepared === all },
    actions: {
      note: assign({
        prepared: ({ context, event }) =>
          event.type === 'Prepared' ? context.prepared | (1 << event.from) : context.prepared,
      }),
      send: (_args, _params: Send) => undefined,
      ignore: () => undefined,
    },
  }).createMachine({
    id: 'transaction manager',
    context: { prepared: 0 },
    initial: 'Init',
    states: {
      Init: {
        on: {
          Prepared: { actions: 'note' },
          Commit: [
            {
              guard: 'allPrepared',
              target: 'Committed',
              actions: { type: 'send', params: { to: everyone, message: { type: 'Commit' } } },
            },
            ignore,
          ],
          Abort: {
            target: 'Aborted',
            actions: { type: 'send', params: { to: everyone, message: { type: 'Abort' } } },
          },
        },
      },
      Committed: { on: { Prepared: ignore, Commit: ignore, Abort: ignore } },
      Aborted: { on: { Prepared: ignore, Commit: ignore, Abort: ignore } },
    },
  });
}

function resourceManager(number: number) {
  const end = { Commit: { target: 'Committed' }, Abort: { target: 'Aborted' } } as const;
  const decided = { Prepare: ignore, ChooseToAbort: ignore, ...end } as const;
  return setup({
    types: {} as { context: Record<string, never>; events: ResourceEvent },
    actions: { send: (_args, _params: Send) => undefined, ignore: () => undefined },
  }).createMachine({
    id: 'resource manager',
    context: {},
    initial: 'Working',
    states: {
      Working: {
        on: {
          Prepare: {
            target: 'Prepared',
            actions: {
              type: 'send',
              params: { to: ['TM'], message: { type: 'Prepared', from: number } as ManagerEvent },
            },
          },
          ChooseToAbort: { target: 'Aborted' },
          ...end,
        },
      },
      Prepared: { on: decided },
      Committed: { on: decided },
      Aborted: { on: decided },
    },
  });
}

function names(resources: number): readonly string[] {
  return Array.from({ length: resources }, (_, number) => `RM${number + 1}`);
}

export function twoPhaseCommit(resources: number): Composition {
  const rms = names(resources);
  return {
    name: `two-phase commit, ${resources} resource managers`,
    network: monotoneSet,
    budgets: {},
    components: [
      {
        name: 'TM',
        machine: transactionManager(resources),
        choices: [{ event: { type: 'Commit' } }, { event: { type: 'Abort' } }],
        receives: rms.map((_, from) => ({ type: 'Prepared', from })),
      },
      ...rms.map((name, number) => ({
        name,
        machine: resourceManager(number),
        choices: [{ event: { type: 'Prepare' } }, { event: { type: 'ChooseToAbort' } }],
        receives: [{ type: 'Commit' }, { type: 'Abort' }],
      })),
    ],
    properties: [
      {
        name: 'Consistent',
        kind: 'always',
        holds: (states) =>
          !(
            rms.some((rm) => states(rm).value === 'Committed') &&
            rms.some((rm) => states(rm).value === 'Aborted')
          ),
      },
      {
        name: 'AllCommitted',
        kind: 'sometimes',
        holds: (states) => rms.every((rm) => states(rm).value === 'Committed'),
      },
    ],
    isQuiescent: () => false,
  };
}
