/**
 * int-nonmonotonic-send and nonmonotonic-send: a producer writes to a partition in the order in which it sends, inside a
 * transaction and from one to the next. int-send-skip: other records in between are nobody's fault.
 */

import type { Violation } from '../../../reports/evidence/finding.ts';
import type { HistoryIndex } from '../history-index.ts';
import { citeCompletion, citeInvocation, type Send } from '../operations.ts';
import { Findings, type AnomalyCheck } from './anomaly-check.ts';

export const nonmonotonicSendInside: AnomalyCheck = {
  name: 'int-nonmonotonic-send',
  statement: 'Inside a transaction a later send to a partition got the same or a lower offset.',
  verdict: 'forbidden',
  needs: ['acknowledged-offsets'],
  find: (history) => sendOrder(history).backwardsInside,
};

export const nonmonotonicSend: AnomalyCheck = {
  name: 'nonmonotonic-send',
  statement:
    'From one transaction of a producer to the next a later send to a partition got the same or a lower offset.',
  verdict: 'forbidden',
  needs: ['acknowledged-offsets'],
  find: (history) => sendOrder(history).backwards,
};

export const sendSkipInside: AnomalyCheck = {
  name: 'int-send-skip',
  statement: 'Between two sends of a transaction to a partition another record got in.',
  verdict: 'allowed',
  needs: ['acknowledged-offsets'],
  find: (history) => sendOrder(history).skipsInside,
};

interface SendOrder {
  readonly backwardsInside: Findings;
  readonly backwards: Findings;
  readonly skipsInside: Findings;
}

/** One pass for the three checks, of a history that is complete. */
function sendOrder(history: HistoryIndex): SendOrder {
  return history.derived(compareAdjacent);
}

/** Compares each acknowledged send with the one before it of the same process to the same partition. */
function compareAdjacent(history: HistoryIndex): SendOrder {
  const found: SendOrder = {
    backwardsInside: new Findings(),
    backwards: new Findings(),
    skipsInside: new Findings(),
  };
  const last = new Map<string, Map<string, Send>>();
  for (const send of history.sends) {
    const { process, partition } = send.invocation;
    const to = offsetOf(send);
    if (to === null) continue;
    let sends = last.get(process);
    if (sends === undefined) last.set(process, (sends = new Map<string, Send>()));
    const earlier = sends.get(partition);
    sends.set(partition, send);
    if (earlier !== undefined) compare(found, earlier, send, offsetOf(earlier)!, to);
  }
  return found;
}

function compare(found: SendOrder, earlier: Send, later: Send, from: number, to: number): void {
  const { transaction } = earlier.invocation;
  const isInside = transaction !== null && transaction === later.invocation.transaction;
  if (to <= from) {
    const findings = isInside ? found.backwardsInside : found.backwards;
    findings.add(() => backwards(earlier, later, from, to));
  } else if (isInside && to > from + 1) {
    found.skipsInside.add(() => apart(earlier, later, from, to));
  }
}

/** Null: it was not told. */
function offsetOf({ completion }: Send): number | null {
  const offset = completion?.type === 'ok' ? completion.offset : undefined;
  return offset === undefined || offset < 0 ? null : offset;
}

function order(earlier: Send, later: Send, from: number, to: number): string[] {
  const { process, partition, value } = earlier.invocation;
  const { value: next } = later.invocation;
  return [
    `${process} sent ${value} (${citeInvocation(earlier)}) and then ${next} (${citeInvocation(later)}) to ${partition}.`,
    `It was told that they are at offset ${from} (${citeCompletion(earlier)}) and at offset ${to} (${citeCompletion(later)}).`,
  ];
}

function backwards(earlier: Send, later: Send, from: number, to: number): Violation {
  return {
    message: `${later.invocation.value}, sent after ${earlier.invocation.value} by ${later.invocation.process}, is at offset ${to} of ${later.invocation.partition}, not after ${from}`,
    events: [earlier.completedAt, later.completedAt],
    why: [
      ...order(earlier, later, from, to),
      'A producer writes in the order in which it sends, and here it did not: a contradiction.',
    ],
  };
}

function apart(earlier: Send, later: Send, from: number, to: number): Violation {
  return {
    message: `between ${earlier.invocation.value} and ${later.invocation.value} of ${later.invocation.process} ${later.invocation.partition} has other records`,
    events: [earlier.completedAt, later.completedAt],
    why: [
      ...order(earlier, later, from, to),
      'Kafka does not isolate the writes of a transaction, so this is allowed.',
    ],
  };
}
