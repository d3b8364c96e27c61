/**
 * PreparedCompletes: a decision is carried out. Once faults have stopped and time has passed, no transactional id is
 * left in Prepare*, where every partition has yet to learn the outcome and no other transaction can begin.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { wentUnanswered } from '../history/attempts.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import { type Description, citeCompletion, citeInvocation } from '../history/operations.ts';
import type { Claim } from './claim.ts';

export const preparedCompletes: Claim = {
  name: 'PreparedCompletes',
  statement:
    'After quiescence the coordinator describes no transactional id as PrepareCommit or PrepareAbort: every decision has been completed.',
  source: 'KIP-98 (transaction coordinator), TransactionMarkerChannelManager, KIP-664 to ask',
  needs: ['described-transactions'],
  keeps: 'the last transaction of each transactional id, and which ids were left without an answer',
  violation,
  witness: {
    situation:
      'a client was left without an answer to an EndTxn, and in the end the coordinator describes its transactional id as complete',
    advice:
      'raise --scenarios, and keep crash-coordinator or lose-response in --faults, so that ends go unanswered',
    needs: ['wire-attempts'],
    reached,
  },
};

/** What the coordinator said after the final reads had begun, hence after faults, processes and timeouts. */
function* lastDescriptions(history: HistoryIndex): Generator<Description> {
  for (const description of history.descriptions) {
    if (description.invokedAt > history.quiescentSince) yield description;
  }
}

function stateOf({ completion }: Description): string | null {
  return completion?.type === 'ok' ? (completion.state ?? null) : null;
}

function violation(history: HistoryIndex): Violation | null {
  for (const description of lastDescriptions(history)) {
    const state = stateOf(description);
    if (state === 'PrepareCommit' || state === 'PrepareAbort') {
      return leftPrepared(history, description, state);
    }
  }
  return null;
}

function leftPrepared(history: HistoryIndex, description: Description, state: string): Violation {
  const { transactionalId } = description.invocation;
  const transaction = history.transactions.findLast(
    ({ process }) => history.processNamed(process)?.transactionalId === transactionalId,
  );
  const last = transaction?.ends.at(-1) ?? transaction?.begin;
  const why = [
    `After the final reads the coordinator said of ${transactionalId}: ${state} (${citeCompletion(description)}).`,
  ];
  if (transaction !== undefined && last !== undefined) {
    why.unshift(
      `The last that a client undertook under ${transactionalId} is the ${last.invocation.call} of ${transaction.name} (${citeInvocation(last)}), which was told: ${transaction.outcome}.`,
    );
  }
  why.push(
    'By then faults had stopped, every broker was up, and time enough had passed for every marker to be written and answered.',
    'A decision that is made is carried out, and this one is not: a contradiction.',
  );
  return {
    message: `${transactionalId} is left in ${state} after everything has come to rest`,
    events: [last?.invokedAt ?? description.invokedAt, description.completedAt],
    why,
  };
}

function reached(history: HistoryIndex): boolean {
  /** Transactional ids of those that were left without an answer. */
  const left = new Set<string | null | undefined>();
  for (const attempt of history.attempts) {
    const { api, process } = attempt.request;
    if (api !== 'EndTxn' || !wentUnanswered(attempt)) continue;
    left.add(history.processNamed(process)?.transactionalId);
  }
  for (const description of lastDescriptions(history)) {
    const state = stateOf(description);
    const isComplete = state === 'CompleteCommit' || state === 'CompleteAbort';
    if (isComplete && left.has(description.invocation.transactionalId)) return true;
  }
  return false;
}
