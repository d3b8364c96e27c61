/**
 * What a history contains, and so which claims can be judged of it. A recorder outside of this package may have no
 * wire attempts, no final reads, no groups: a claim that needs what is not there is `not-applicable`, not held.
 */

import type { HistoryEvent } from '../../reports/evidence/history.ts';

interface Content {
  /** Completes `it has no ...`. */
  readonly what: string;
  /** What a recorder writes to have it. */
  readonly record: string;
}

export const HISTORY_CONTENTS = {
  producers: {
    what: 'initialised producer with a transactional id',
    record: '`init` with the transactional id, and its completion',
  },
  transactions: {
    what: 'transaction',
    record: '`begin`, then `commit` or `abort`, each with its completion',
  },
  acknowledgements: {
    what: 'acknowledged send',
    record: '`ok` of a `send`',
  },
  'acknowledged-offsets': {
    what: 'acknowledged send with its offset',
    record: '`offset` in the `ok` of a `send`',
  },
  inputs: {
    what: 'send that says which record it was made from',
    record: '`input` in a `send`',
  },
  'committed-reads': {
    what: 'read of committed records',
    record: '`poll` with `isolation` read_committed, and the `records` that it returned',
  },
  'final-committed-reads': {
    what: 'final read of committed records',
    record:
      'polls with `isolation` read_committed and `final` true, after quiescence, from the log start to the end',
  },
  'final-uncommitted-reads': {
    what: 'final read of uncommitted records',
    record: 'polls with `isolation` read_uncommitted and `final` true, after quiescence',
  },
  'stable-offsets': {
    what: 'answer that says a last stable offset',
    record:
      '`lastStableOffset` in the `ok` of a `poll`, or the `ok` of an `end-offset` with read_committed',
  },
  'wire-attempts': {
    what: 'attempt on the wire',
    record: '`request` and `response` for everything that the client sends, retries too',
  },
  'transactional-offsets': {
    what: 'group offset sent to a transaction',
    record: '`send-offsets` with its completion',
  },
  'offset-fetches': {
    what: 'answer to a fetch of group offsets',
    record: '`fetch-offsets`, and `offsets` in its `ok`',
  },
  'final-offset-fetches': {
    what: 'final fetch of group offsets',
    record: '`fetch-offsets` with `final` true, after quiescence',
  },
  'described-transactions': {
    what: 'answer to DescribeTransactions',
    record: '`describe-transaction`, and `state` in its `ok`',
  },
  probes: {
    what: 'probe of a transactional id',
    record: '`init` with `probe` true, after faults have stopped',
  },
} as const satisfies Readonly<Record<string, Content>>;
export type HistoryContent = keyof typeof HISTORY_CONTENTS;

type Invocation = Extract<HistoryEvent, { readonly type: 'invoke' }>;
type Ok = Extract<HistoryEvent, { readonly type: 'ok' }>;

/** Told of operations as they complete; keeps only what there is. */
export class HistoryContents {
  readonly #present = new Set<HistoryContent>();

  has(content: HistoryContent): boolean {
    return this.#present.has(content);
  }

  /** A request was sent on the wire. */
  attempted(): void {
    this.#present.add('wire-attempts');
  }

  /** An operation returned `ok`. */
  returned(invocation: Invocation, ok: Ok): void {
    switch (invocation.call) {
      case 'init':
        if (invocation.transactionalId !== null) this.#present.add('producers');
        if (invocation.probe === true) this.#present.add('probes');
        break;
      case 'begin':
        this.#present.add('transactions');
        break;
      case 'send':
        this.#present.add('acknowledgements');
        if (ok.offset !== undefined) this.#present.add('acknowledged-offsets');
        if (invocation.input !== undefined) this.#present.add('inputs');
        break;
      default:
        this.#answered(invocation, ok);
    }
  }

  /** Of what only asks, or concerns a group. */
  #answered(invocation: Invocation, ok: Ok): void {
    switch (invocation.call) {
      case 'poll':
        this.#polled(invocation, ok);
        break;
      case 'end-offset':
        if (invocation.isolation === 'read_committed') this.#present.add('stable-offsets');
        break;
      case 'send-offsets':
        this.#present.add('transactional-offsets');
        break;
      case 'fetch-offsets':
        this.#present.add('offset-fetches');
        if (invocation.final) this.#present.add('final-offset-fetches');
        break;
      case 'describe-transaction':
        this.#present.add('described-transactions');
        break;
      default:
    }
  }

  #polled(poll: Extract<Invocation, { readonly call: 'poll' }>, ok: Ok): void {
    const committed = poll.isolation === 'read_committed';
    if (committed) this.#present.add('committed-reads');
    if (poll.final)
      this.#present.add(committed ? 'final-committed-reads' : 'final-uncommitted-reads');
    if (ok.lastStableOffset !== undefined) this.#present.add('stable-offsets');
  }
}
