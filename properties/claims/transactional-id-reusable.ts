/**
 * TransactionalIdReusable: an id is never used up. Whatever its last instance left behind, the next one can initialise
 * it, and after quiescence write and commit under it.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { OpenHistory } from '../history/open-history.ts';
import {
  NEVER,
  type ClientTransaction,
  type End,
  type Init,
  type LiveProducer,
  type Operation,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { ClaimFold, type FoldedClaim } from './claim.ts';

export const transactionalIdReusable: FoldedClaim = {
  name: 'TransactionalIdReusable',
  statement:
    'An instance that starts is not refused its transactional id for what an earlier one left behind, and after quiescence a fresh one initialises the id, writes and commits.',
  source: 'KIP-98 (initTransactions), TransactionCoordinator.handleInitProducerId, KAFKA-7519',
  needs: ['producers'],
  keeps:
    'of each transactional id whether it was used and whether an instance left a transaction behind; the last transaction of each producer that has not crashed',
  begin: (history) => new TransactionalIdReusable(history),
  witness: {
    situation:
      'a fresh instance committed under an id whose last transaction had been left open or without an answer',
    advice:
      'raise --scenarios, and keep crash-producer or crash-coordinator in --faults, so that transactions are left behind',
    needs: ['probes'],
  },
};

/** Answers that refuse the id for the state that it is in, and not for who asks or how. */
const REFUSALS: ReadonlySet<string> = new Set([
  'CONCURRENT_TRANSACTIONS',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'PRODUCER_FENCED',
  'UNKNOWN_SERVER_ERROR',
]);

interface Failure {
  readonly probe: LiveProducer;
  readonly call: Operation;
}

class TransactionalIdReusable extends ClaimFold {
  readonly #history: OpenHistory;
  /** Transactional ids that an instance initialised. */
  readonly #used = new Set<string>();
  /** Those of which an instance that crashed left something behind. */
  readonly #left = new Set<string>();
  /** Those under which a probe committed. */
  readonly #committed = new Set<string>();
  #refused: { readonly producer: LiveProducer; readonly init: Init } | null = null;
  /** The first call of a probe that did not return as it should. */
  #failure: Failure | null = null;

  constructor(history: OpenHistory) {
    super();
    this.#history = history;
  }

  override initialised(_init: Init, { transactionalId, isProbe }: LiveProducer): void {
    if (transactionalId !== null && !isProbe) this.#used.add(transactionalId);
  }

  override refused(call: Operation, producer: LiveProducer | undefined): void {
    if (producer === undefined || producer.transactionalId === null) return;
    if (producer.isProbe) this.#failed(call, producer);
    else if (isRefusedInit(call)) this.#refused ??= { producer, init: call };
  }

  override abandoned(call: Operation, producer: LiveProducer | undefined): void {
    if (producer?.isProbe === true) this.#failed(call, producer);
  }

  #failed(call: Operation, probe: LiveProducer): void {
    if (!isOfProducer(call) || !this.#used.has(probe.transactionalId ?? '')) return;
    const first = this.#failure?.call.invokedAt ?? NEVER;
    if (call.invokedAt < first) this.#failure = { probe, call };
  }

  override ended(
    { invocation }: End,
    _transaction: ClientTransaction | undefined,
    producer: LiveProducer | undefined,
  ): void {
    if (producer?.isProbe !== true || invocation.call !== 'commit') return;
    this.#committed.add(producer.transactionalId ?? '');
  }

  override crashed(_process: string, producer: LiveProducer | undefined): void {
    if (producer !== undefined) this.#noteLeft(producer);
  }

  #noteLeft(producer: LiveProducer): void {
    const { transactionalId, isProbe } = producer;
    if (transactionalId !== null && !isProbe && leftSomething(producer)) {
      this.#left.add(transactionalId);
    }
  }

  override violation(): Violation | null {
    if (this.#refused !== null) return refused(this.#refused.producer, this.#refused.init);
    for (const call of this.#history.outstandingCalls) {
      const producer = this.#history.liveProducer(call.invocation.process);
      if (producer?.isProbe === true) this.#failed(call, producer);
    }
    return this.#failure === null ? null : unusable(this.#failure);
  }

  override reached(): boolean {
    for (const producer of this.#history.liveProducers) this.#noteLeft(producer);
    for (const transactionalId of this.#committed) {
      if (this.#left.has(transactionalId)) return true;
    }
    return false;
  }
}

function isRefusedInit(call: Operation): call is Init {
  const { invocation, completion } = call;
  if (invocation.call !== 'init' || completion === null || completion.type === 'ok') return false;
  return REFUSALS.has(completion.error);
}

/** What a probe does to its id. */
function isOfProducer({ invocation: { call } }: Operation): boolean {
  return ['init', 'begin', 'send', 'commit', 'abort'].includes(call);
}

function refused(process: LiveProducer, init: Init): Violation {
  const error = told(init);
  return {
    message: `${process.name} was refused the transactional id ${process.transactionalId}: ${error}`,
    events: [init.invokedAt, init.completedAt],
    why: [
      `${process.name} called initTransactions for ${process.transactionalId} (${citeInvocation(init)}), without an identity that could be stale.`,
      `It was told ${error} (${citeCompletion(init)}).`,
      'Whatever an earlier instance left behind is aborted or waited for, and here it shuts the next one out: a contradiction.',
    ],
  };
}

function unusable({ probe, call: failed }: Failure): Violation {
  const { call } = failed.invocation;
  const hasReturned = failed.completedAt !== NEVER;
  return {
    message: `after quiescence the transactional id ${probe.transactionalId} cannot be used: ${call} of ${probe.name} ${hasReturned ? `was told ${told(failed)}` : 'never returned'}`,
    events: [failed.invokedAt, hasReturned ? failed.completedAt : failed.invokedAt],
    why: [
      `${probe.name} is a fresh instance of ${probe.transactionalId}, started after faults had stopped and every other instance with them.`,
      hasReturned
        ? `Its ${call} (${citeInvocation(failed)}) was told ${told(failed)} (${citeCompletion(failed)}).`
        : `Its ${call} (${citeInvocation(failed)}) never returned.`,
      'An id can be used for ever, and this one cannot: a contradiction.',
    ],
  };
}

function told({ completion }: Operation): string {
  return completion === null || completion.type === 'ok' ? 'nothing' : completion.error;
}

/** Its last transaction had records, and its client was not told how it ended. */
function leftSomething({ current }: LiveProducer): boolean {
  if (current === undefined || current.sends.length === 0) return false;
  return current.outcome === 'open' || current.outcome === 'unknown';
}
