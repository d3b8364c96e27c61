/**
 * NoSpuriousFencing: a producer is shut out for a reason. There is a newer instance of its transactional id, or one
 * that may yet come to be the newer; it asked for an identity itself and may have been given another; or a transaction
 * of it may have timed out.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { wentUnanswered } from '../history/attempts.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  returnedOk,
  type ClientProcess,
  type ClientTransaction,
  type Init,
  type Operation,
  type WireAttempt,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import type { Claim } from './claim.ts';

export const noSpuriousFencing: Claim = {
  name: 'NoSpuriousFencing',
  statement:
    'No producer is told that it is fenced unless a newer instance, an identity that it asked for itself and did not get, or the timeout of a transaction can be the reason.',
  source: 'KIP-98, KIP-360, KIP-890 part 2; TransactionCoordinator.endTransaction',
  needs: ['producers', 'wire-attempts'],
  keeps: 'the inits of every instance, and every InitProducerId on the wire',
  violation,
  witness: {
    situation:
      'an instance was left without an answer to an EndTxn, and was told how a later transaction of it ended',
    advice:
      'raise --scenarios, and keep lose-response and crash-coordinator in --faults, so that clients ask again for an end',
    needs: ['wire-attempts', 'transactions'],
    reached,
  },
};

/** What says to a producer that its producer id or epoch is not the current one. */
const FENCING: ReadonlySet<string> = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
]);

function violation(history: HistoryIndex): Violation | null {
  let asked: ReadonlyMap<string, readonly WireAttempt[]> | null = null;
  for (const [transactionalId, siblings] of history.instances) {
    for (const process of siblings) {
      const fenced = firstFencing(process);
      if (fenced === null) continue;
      const init = process.inits.findLast(
        (candidate) => returnedOk(candidate) && candidate.completedAt < fenced.completedAt,
      );
      if (init === undefined) continue;
      if (mayHaveTimedOut(process, init, fenced)) continue;
      asked ??= initsAsked(history);
      const attempts = asked.get(transactionalId) ?? [];
      if (!mayHaveBeenReplaced(attempts, process, fenced)) return spurious(init, fenced);
    }
  }
  return null;
}

/** Every InitProducerId, by transactional id, in order of sending. */
function initsAsked(history: HistoryIndex): ReadonlyMap<string, readonly WireAttempt[]> {
  const byId = new Map<string, WireAttempt[]>();
  for (const attempt of history.attempts) {
    const { api, process } = attempt.request;
    if (api !== 'InitProducerId') continue;
    const transactionalId = history.processNamed(process)?.transactionalId ?? null;
    if (transactionalId === null) continue;
    const attempts = byId.get(transactionalId);
    if (attempts === undefined) byId.set(transactionalId, [attempt]);
    else attempts.push(attempt);
  }
  return byId;
}

/** The first call of the process that was told so. */
function firstFencing(process: ClientProcess): Operation | null {
  let first: Operation | null = null;
  for (const { sends, ends } of process.transactions) {
    for (const operation of [...sends, ...ends]) {
      const { completion, completedAt } = operation;
      if (completion === null || completion.type === 'ok') continue;
      if (!FENCING.has(completion.error)) continue;
      if (first === null || completedAt < first.completedAt) first = operation;
    }
  }
  return first;
}

/** Some transaction of it may have been open for longer than its timeout, which may not be known. */
function mayHaveTimedOut(process: ClientProcess, init: Init, fenced: Operation): boolean {
  const { transactionTimeoutMs } = init.invocation;
  if (transactionTimeoutMs === undefined) return true;
  const begun = process.transactions.find(({ begin }) => begin.invokedAt > init.completedAt);
  if (begun === undefined || fenced.completion === null) return true;
  return fenced.completion.time - begun.begin.invocation.time >= transactionTimeoutMs;
}

/**
 * Whether some InitProducerId for its id, its own or another instance's, may have been carried out after the one that
 * gave it its identity. One without an answer, or one that the network copied, may have been at any later time.
 */
function mayHaveBeenReplaced(
  attempts: readonly WireAttempt[],
  process: ClientProcess,
  fenced: Operation,
): boolean {
  const asked = attempts.filter(({ sentAt }) => sentAt < fenced.completedAt);
  const given = asked.findLast(
    ({ request, errorCode, answeredAt }) =>
      request.process === process.name && errorCode === 'NONE' && answeredAt < fenced.completedAt,
  );
  if (given === undefined) return true;
  return asked.some((attempt) => {
    if (attempt.copied || wentUnanswered(attempt)) return true;
    return attempt !== given && attempt.answeredAt > given.sentAt;
  });
}

function spurious(init: Init, fenced: Operation): Violation {
  const { process, call } = fenced.invocation;
  const { completion } = fenced;
  const error = completion === null || completion.type === 'ok' ? 'an error' : completion.error;
  return {
    message: `${process} was told ${error} by its ${call}, and nothing had taken its place`,
    events: [init.completedAt, fenced.completedAt],
    why: [
      `${process} initialised its transactional id (${citeCompletion(init)}), with a transaction timeout of ${init.invocation.transactionTimeoutMs} ms.`,
      `No other InitProducerId for that id can have been carried out later, and no transaction of ${process} had been open for that long.`,
      `Its ${call} (${citeInvocation(fenced)}) was told ${error} (${citeCompletion(fenced)}).`,
      'Only who was replaced is fenced, and this producer was not: a contradiction.',
    ],
  };
}

function reached(history: HistoryIndex): boolean {
  /** By process, the last transaction of which it was told how it ended. */
  const told = new Map<string, ClientTransaction | undefined>();
  return history.attempts.some((attempt) => {
    const { process } = attempt.request;
    if (attempt.request.api !== 'EndTxn' || !wentUnanswered(attempt)) return false;
    if (!told.has(process)) told.set(process, lastTold(history.processNamed(process)));
    const last = told.get(process);
    return last !== undefined && last.begin.invokedAt > attempt.sentAt;
  });
}

function lastTold(process: ClientProcess | undefined): ClientTransaction | undefined {
  return process?.transactions.findLast(
    ({ toldCommitted, toldAborted }) => toldCommitted !== null || toldAborted !== null,
  );
}
