/**
 * PreparedCompletes: a decision is carried out. Once faults have stopped and time has passed, no transactional id is
 * left in Prepare*, where every partition has yet to learn the outcome and no other transaction can begin.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { wentUnanswered } from '../history/attempts.ts';
import type { OpenHistory } from '../history/open-history.ts';
import {
  type Begin,
  type ClientTransaction,
  type Description,
  type End,
  type LiveProducer,
  type Outcome,
  type WireAttempt,
  citeCompletion,
  citeInvocation,
} from '../history/operations.ts';
import { ClaimFold, type FoldedClaim } from './claim.ts';

export const preparedCompletes: FoldedClaim = {
  name: 'PreparedCompletes',
  statement:
    'After quiescence the coordinator describes no transactional id as PrepareCommit or PrepareAbort: every decision has been completed.',
  source: 'KIP-98 (transaction coordinator), TransactionMarkerChannelManager, KIP-664 to ask',
  needs: ['described-transactions'],
  keeps: 'the last transaction of each transactional id, and which ids were left without an answer',
  begin: (history) => new PreparedCompletes(history),
  witness: {
    situation:
      'a client was left without an answer to an EndTxn, and in the end the coordinator describes its transactional id as complete',
    advice:
      'raise --scenarios, and keep crash-coordinator or lose-response in --faults, so that ends go unanswered',
    needs: ['wire-attempts'],
  },
};

/** The last that a client undertook under a transactional id. */
interface LastWord {
  readonly transaction: string;
  readonly call: End | Begin;
  /** What the client was told of the transaction. */
  readonly outcome: Outcome;
}

class PreparedCompletes extends ClaimFold {
  readonly #history: OpenHistory;
  /** By transactional id, the transaction that was begun last, while its producer lives. */
  readonly #current = new Map<string, ClientTransaction>();
  /** And then. */
  readonly #lastWords = new Map<string, LastWord>();
  /** EndTxn requests under way, each with its transactional id. */
  readonly #asked = new Map<WireAttempt, string>();
  /** Transactional ids of those that were left without an answer. */
  readonly #unanswered = new Set<string>();
  /** Transactional ids that were described as complete in the end. */
  readonly #complete = new Set<string>();
  /** The first description that says that one is not. */
  #prepared: Description | null = null;

  constructor(history: OpenHistory) {
    super();
    this.#history = history;
  }

  override begun(transaction: ClientTransaction, producer: LiveProducer): void {
    const { transactionalId, isProbe } = producer;
    if (transactionalId !== null && !isProbe) this.#current.set(transactionalId, transaction);
  }

  override crashed(_process: string, producer: LiveProducer | undefined): void {
    const { transactionalId = null, current } = producer ?? {};
    if (transactionalId === null || current === undefined) return;
    if (this.#current.get(transactionalId) !== current) return;
    this.#current.delete(transactionalId);
    this.#lastWords.set(transactionalId, lastWordOf(current));
  }

  override sent(attempt: WireAttempt, producer: LiveProducer | undefined): void {
    const transactionalId = producer?.transactionalId ?? null;
    if (attempt.request.api === 'EndTxn' && transactionalId !== null) {
      this.#asked.set(attempt, transactionalId);
    }
  }

  override settled(attempt: WireAttempt): void {
    if (attempt.request.api !== 'EndTxn') return;
    const transactionalId = this.#asked.get(attempt);
    if (transactionalId === undefined) return;
    this.#asked.delete(attempt);
    if (wentUnanswered(attempt)) this.#unanswered.add(transactionalId);
  }

  /** What is said after the final reads have begun comes after faults, processes and timeouts. */
  override described(description: Description): void {
    if (description.invokedAt < this.#history.quiescentSince) return;
    const state = stateOf(description);
    if (state === 'PrepareCommit' || state === 'PrepareAbort') this.#prepared ??= description;
    if (state === 'CompleteCommit' || state === 'CompleteAbort') {
      this.#complete.add(description.invocation.transactionalId);
    }
  }

  override violation(): Violation | null {
    const description = this.#prepared;
    if (description === null) return null;
    const { transactionalId } = description.invocation;
    const current = this.#current.get(transactionalId);
    const last = current === undefined ? this.#lastWords.get(transactionalId) : lastWordOf(current);
    return leftPrepared(description, last);
  }

  override reached(): boolean {
    for (const transactionalId of [...this.#unanswered, ...this.#asked.values()]) {
      if (this.#complete.has(transactionalId)) return true;
    }
    return false;
  }
}

function stateOf({ completion }: Description): string | null {
  return completion?.type === 'ok' ? (completion.state ?? null) : null;
}

function lastWordOf(transaction: ClientTransaction): LastWord {
  const { name, begin, ends, outcome } = transaction;
  return { transaction: name, call: ends.at(-1) ?? begin, outcome };
}

function leftPrepared(description: Description, last: LastWord | undefined): Violation {
  const { transactionalId } = description.invocation;
  const state = stateOf(description);
  const why = [
    `After the final reads the coordinator said of ${transactionalId}: ${state} (${citeCompletion(description)}).`,
  ];
  if (last !== undefined) {
    const { transaction, call, outcome } = last;
    why.unshift(
      `The last that a client undertook under ${transactionalId} is the ${call.invocation.call} of ${transaction} (${citeInvocation(call)}), which was told: ${outcome}.`,
    );
  }
  why.push(
    'By then faults had stopped, every broker was up, and time enough had passed for every marker to be written and answered.',
    'A decision that is made is carried out, and this one is not: a contradiction.',
  );
  return {
    message: `${transactionalId} is left in ${state} after everything has come to rest`,
    events: [last?.call.invokedAt ?? description.invokedAt, description.completedAt],
    why,
  };
}
