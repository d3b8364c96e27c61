/**
 * lost-write and unseen: a record that had to become visible was never read, although readers went past it, or although
 * its partition was read to the end.
 */

import type { Violation } from '../../../reports/evidence/finding.ts';
import { acknowledgedLogs } from '../acknowledged-log.ts';
import type { HistoryIndex } from '../history-index.ts';
import { citeCompletion, type Poll, type Send } from '../operations.ts';
import { Findings, type AnomalyCheck } from './anomaly-check.ts';
import { visibleSince } from './visible-records.ts';

export const lostWrite: AnomalyCheck = {
  name: 'lost-write',
  statement:
    'A record that had to be visible was never read, although a reader of committed records returned one at a higher offset later.',
  verdict: 'forbidden',
  needs: ['committed-reads', 'acknowledged-offsets'],
  find: findLost,
};

export const unseen: AnomalyCheck = {
  name: 'unseen',
  statement:
    'A record that had to be visible was never read, although its partition was read to the end.',
  verdict: 'forbidden',
  needs: ['final-committed-reads', 'acknowledgements'],
  find: findUnseen,
};

interface HighestRead {
  readonly offset: number;
  readonly poll: Poll;
}

/** By partition. */
function highestReads(history: HistoryIndex): ReadonlyMap<string, HighestRead> {
  const highest = new Map<string, HighestRead>();
  for (const poll of history.committedPolls) {
    if (poll.firstRow === poll.endRow) continue;
    const offset = history.recordsRead.offsetAt(poll.endRow - 1);
    const { partition } = poll.invocation;
    // Of two equally high ones the later one: more had to be visible by then.
    if (offset >= (highest.get(partition)?.offset ?? 0)) {
      highest.set(partition, { offset, poll });
    }
  }
  return highest;
}

function findLost(history: HistoryIndex): Findings {
  const findings = new Findings();
  const highest = highestReads(history);
  for (const [partition, log] of acknowledgedLogs(history)) {
    const bound = highest.get(partition);
    if (bound === undefined) continue;
    for (let index = 0; index < log.length; index += 1) {
      const offset = log.offsetAt(index);
      if (offset >= bound.offset) break;
      const send = log.sendAt(index);
      if (history.committedReads.isRead(send)) continue;
      const since = visibleSince(history, send);
      if (since === null || since >= bound.poll.invokedAt) continue;
      findings.add(() => lost(send, offset, bound));
    }
  }
  return findings;
}

function toldVisible({ invocation, completion, completedAt }: Send): string {
  const { process, value, partition, transaction } = invocation;
  const offset = completion?.type === 'ok' ? completion.offset : undefined;
  const where = offset === undefined ? partition : `offset ${offset} of ${partition}`;
  const whether = transaction === null ? '' : `, and that transaction ${transaction} is committed`;
  return `${process} was told that ${value} is in ${where} (event ${completedAt})${whether}.`;
}

function lost(send: Send, offset: number, { offset: higher, poll }: HighestRead): Violation {
  const { value, partition } = send.invocation;
  return {
    message: `${value} at offset ${offset} of ${partition} was never read, although offset ${higher} was`,
    events: [send.completedAt, poll.completedAt],
    why: [
      toldVisible(send),
      `Later ${poll.invocation.process} returned a record at offset ${higher} of ${partition} (${citeCompletion(poll)}).`,
      'No reader of committed records ever returned it, although one went past it: a contradiction.',
    ],
  };
}

function findUnseen(history: HistoryIndex): Findings {
  const findings = new Findings();
  const finalReads = history.finalReads.committed;
  for (const send of history.sends) {
    if (history.committedReads.isRead(send)) continue;
    const { partition, value } = send.invocation;
    const last = finalReads.get(partition);
    if (last === undefined || visibleSince(history, send) === null) continue;
    findings.add(() => ({
      message: `${value}, which was acknowledged and had to be visible, was never read from ${partition}`,
      events: [send.completedAt, last.poll.completedAt],
      why: [
        toldVisible(send),
        `The final read of ${partition} went to its end (${citeCompletion(last.poll)}).`,
        'No reader of committed records ever returned it: a contradiction.',
      ],
    }));
  }
  return findings;
}
