/**
 * Requests on the wire by who sent them. Claims ask which attempts belong to a call: requests do not name their records or
 * their caller, so those are meant that its process sent while the call was under way.
 */

import type { ApiName } from '../../protocol/messages/rpc.ts';
import type { HistoryIndex } from './history-index.ts';
import type { Operation, Send, WireAttempt } from './operations.ts';
import { partitionPoint } from './partition-point.ts';

const NONE: readonly never[] = [];

/** In order of sending. */
export function attemptsOf(history: HistoryIndex, process: string): readonly WireAttempt[] {
  return history.derived(collectAttempts).get(process) ?? NONE;
}

function collectAttempts(history: HistoryIndex): ReadonlyMap<string, readonly WireAttempt[]> {
  const byProcess = new Map<string, WireAttempt[]>();
  for (const attempt of history.attempts) {
    const { process } = attempt.request;
    const attempts = byProcess.get(process);
    if (attempts === undefined) byProcess.set(process, [attempt]);
    else attempts.push(attempt);
  }
  return byProcess;
}

/** What a process sent of an RPC between two positions of the history, in order of sending. */
export function* attemptsBetween(
  history: HistoryIndex,
  process: string,
  api: ApiName,
  [from, to]: readonly [number, number],
): Generator<WireAttempt> {
  const attempts = attemptsOf(history, process);
  for (let index = firstAfter(attempts, from); index < attempts.length; index += 1) {
    const attempt = attempts[index]!;
    if (attempt.sentAt >= to) return;
    if (attempt.request.api === api) yield attempt;
  }
}

/** What its process sent of an RPC while a call was under way. */
export function attemptsDuring(
  history: HistoryIndex,
  { invocation, invokedAt, completedAt }: Operation,
  api: ApiName,
): Generator<WireAttempt> {
  return attemptsBetween(history, invocation.process, api, [invokedAt, completedAt]);
}

/** Its sender gave up on it: the connection closed without an answer, or none was recorded. */
export function wentUnanswered({ errorCode }: WireAttempt): boolean {
  return (errorCode ?? null) === null;
}

/** Whether an attempt to write it, or what was under way with it, went unanswered. */
export function unansweredProduce(history: HistoryIndex, send: Send): WireAttempt | undefined {
  for (const attempt of attemptsDuring(history, send, 'Produce')) {
    const isOfPartition = attempt.request.partition === send.invocation.partition;
    if (isOfPartition && wentUnanswered(attempt)) return attempt;
  }
  return undefined;
}

/** Index of the first attempt that was sent after a position. */
function firstAfter(attempts: readonly WireAttempt[], position: number): number {
  return partitionPoint(attempts.length, (index) => attempts[index]!.sentAt <= position);
}
