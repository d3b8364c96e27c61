/** Whether producers take errors for what they are: what can be retried is retried, what is fatal ends the producer. */

import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import type { ApiName } from '../../protocol/messages/rpc.ts';
import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  type End,
  type Operation,
  type WireAttempt,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';

/** What a transactional producer asks its coordinator, and whose retriable errors it deals with by itself. */
const COORDINATOR_APIS: ReadonlySet<ApiName> = new Set([
  'InitProducerId',
  'AddPartitionsToTxn',
  'AddOffsetsToTxn',
  'EndTxn',
]);

/** What a producer sends; its process may read beside that, fenced or not. */
const PRODUCER_APIS: ReadonlySet<ApiName> = new Set([
  ...COORDINATOR_APIS,
  'Produce',
  'TxnOffsetCommit',
]);

/** Null: every error was taken for what it is. */
export function wrongClass(history: HistoryIndex): Violation | null {
  return (
    fatalTakenForRetriable(history) ??
    retriableTakenForFatal(history) ??
    refusedWithoutCause(history)
  );
}

function fatalTakenForRetriable(history: HistoryIndex): Violation | null {
  if (!history.attempts.some(isFencing)) return null;
  /** By process, the attempt that was answered with a fatal error. */
  const fenced = new Map<string, WireAttempt>();
  for (const attempt of history.attempts) {
    const { request, sentAt } = attempt;
    if (!PRODUCER_APIS.has(request.api)) continue;
    const earlier = fenced.get(request.process);
    if (earlier !== undefined && earlier.answeredAt < sentAt) return carriedOn(earlier, attempt);
    if (isFencing(attempt)) fenced.set(request.process, attempt);
  }
  return null;
}

function isFencing({ request, errorCode }: WireAttempt): boolean {
  return errorCode === 'PRODUCER_FENCED' && COORDINATOR_APIS.has(request.api);
}

/** A call of the application ended with the very answer that one of its requests had got. */
function retriableTakenForFatal(history: HistoryIndex): Violation | null {
  /** By position of the answer. */
  const answers = new Map<number, WireAttempt>();
  for (const attempt of history.attempts) {
    const { request, errorCode, answeredAt } = attempt;
    if (!COORDINATOR_APIS.has(request.api) || errorCode === 'NONE') continue;
    if (errorCode && isRetriable(errorCode)) answers.set(answeredAt, attempt);
  }
  if (answers.size === 0) return null;
  for (const operation of blockingCalls(history)) {
    const { completion, completedAt } = operation;
    if (completion === null || completion.type === 'ok') continue;
    const answer = answers.get(completedAt - 1);
    if (answer?.request.process !== completion.process) continue;
    if (answer.errorCode === completion.error) return gaveUp(answer, completion.error, operation);
  }
  return null;
}

/** A transaction to which nothing was added is its client's own affair: there is nothing that could be refused. */
function refusedWithoutCause(history: HistoryIndex): Violation | null {
  for (const { name, sends, offsetSends, ends } of history.transactions) {
    if (sends.length > 0 || offsetSends.length > 0) continue;
    for (const end of ends) {
      const { completion } = end;
      if (completion === null || completion.type === 'ok') continue;
      if (completion.error in ERROR_CODES) return refusedEmpty(name, end, completion.error);
    }
  }
  return null;
}

function refusedEmpty(transaction: string, end: End, error: string): Violation {
  const { process, call } = end.invocation;
  return {
    message: `${process} was told ${error} by its ${call} of ${transaction}, to which nothing had been added`,
    events: [end.invokedAt, end.completedAt],
    why: [
      `${process} asked for the ${call} of ${transaction} (${citeInvocation(end)}), in which it had sent nothing.`,
      `It was told ${error} (${citeCompletion(end)}).`,
      'What is empty is ended without asking anybody, and here somebody was asked and refused: a contradiction.',
    ],
  };
}

function* blockingCalls(history: HistoryIndex): Generator<Operation> {
  for (const { inits } of history.processes) yield* inits;
  for (const { ends } of history.transactions) yield* ends;
}

function isRetriable(error: string): boolean {
  return error in ERROR_CODES && ERROR_CODES[error as ErrorCode].retriable;
}

function gaveUp(attempt: WireAttempt, errorCode: string, operation: Operation): Violation {
  const { process, api } = attempt.request;
  const { call } = operation.invocation;
  return {
    message: `${process} gave up its ${call} on ${errorCode}, which can be retried`,
    events: [operation.invokedAt, operation.completedAt],
    why: [
      `${process} called ${call} (${citeInvocation(operation)}), and ${api} was answered with ${errorCode} (event ${attempt.answeredAt}).`,
      `The call ended with that error at once (${citeCompletion(operation)}).`,
      `${errorCode} says that the same request may succeed later, and the producer took it for the end: a contradiction.`,
    ],
  };
}

function carriedOn(fenced: WireAttempt, attempt: WireAttempt): Violation {
  const { process, api } = fenced.request;
  return {
    message: `${process} was told PRODUCER_FENCED, which is fatal, and sent ${attempt.request.api} all the same`,
    events: [fenced.answeredAt, attempt.sentAt],
    why: [
      `${api} of ${process} was answered with PRODUCER_FENCED (event ${fenced.answeredAt}): a newer instance has taken over.`,
      `Afterwards ${process} sent ${attempt.request.api} (event ${attempt.sentAt}).`,
      'A fenced producer can only be closed, and this one went on: a contradiction.',
    ],
  };
}
