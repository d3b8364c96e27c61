/**
 * TransactionalIdReusable: an id is never used up. Whatever its last instance left behind, the next one can initialise
 * it, and after quiescence write and commit under it.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  NEVER,
  returnedOk,
  type ClientProcess,
  type Init,
  type Operation,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import type { Claim } from './claim.ts';

export const transactionalIdReusable: Claim = {
  name: 'TransactionalIdReusable',
  statement:
    'An instance that starts is not refused its transactional id for what an earlier one left behind, and after quiescence a fresh one initialises the id, writes and commits.',
  source: 'KIP-98 (initTransactions), TransactionCoordinator.handleInitProducerId, KAFKA-7519',
  needs: ['producers'],
  keeps: 'the last transaction of every instance',
  violation,
  witness: {
    situation:
      'a fresh instance committed under an id whose last transaction had been left open or without an answer',
    advice:
      'raise --scenarios, and keep crash-producer or crash-coordinator in --faults, so that transactions are left behind',
    needs: ['probes'],
    reached,
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

function violation(history: HistoryIndex): Violation | null {
  for (const process of history.processes) {
    if (process.transactionalId === null || process.isProbe) continue;
    const init = process.inits.find(isRefused);
    if (init !== undefined) return refused(process, init);
  }
  for (const probe of history.probes) {
    const failed = firstFailure(probe);
    if (failed !== null && wasUsed(history, probe)) return unusable(probe, failed);
  }
  return null;
}

function isRefused({ completion }: Init): boolean {
  return completion !== null && completion.type !== 'ok' && REFUSALS.has(completion.error);
}

/** Only what was used before can be used again. */
function wasUsed(history: HistoryIndex, { transactionalId }: ClientProcess): boolean {
  return transactionalId !== null && history.instances.has(transactionalId);
}

/** The first call of a probe that did not return as it should; null: all did. */
function firstFailure({ inits, transactions }: ClientProcess): Operation | null {
  const calls: readonly Operation[] = [
    ...inits,
    ...transactions.flatMap(({ begin, sends, ends }) => [begin, ...sends, ...ends]),
  ];
  return calls.find((call) => !returnedOk(call)) ?? null;
}

function refused(process: ClientProcess, init: Init): Violation {
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

function unusable(probe: ClientProcess, failed: Operation): Violation {
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

function reached(history: HistoryIndex): boolean {
  for (const probe of history.probes) {
    const committed = probe.transactions.some(({ toldCommitted }) => toldCommitted !== null);
    const earlier = history.instances.get(probe.transactionalId ?? '') ?? [];
    if (committed && earlier.some(leftSomething)) return true;
  }
  return false;
}

/** Its last transaction had records, and its client was not told how it ended. */
function leftSomething({ transactions }: ClientProcess): boolean {
  const last = transactions.at(-1);
  if (last === undefined || last.sends.length === 0) return false;
  return last.outcome === 'open' || last.outcome === 'unknown';
}
