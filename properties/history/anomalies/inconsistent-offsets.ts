/** inconsistent-offsets: one offset of a partition holds one record, whoever looks, and whoever was told of it. */

import { acknowledgedLogs } from '../acknowledged-log.ts';
import type { HistoryIndex } from '../history-index.ts';
import { citeCompletion, type Poll, type Send } from '../operations.ts';
import { Findings, type AnomalyCheck } from './anomaly-check.ts';

export const inconsistentOffsets: AnomalyCheck = {
  name: 'inconsistent-offsets',
  statement: 'One offset of a partition was seen with two different values.',
  verdict: 'forbidden',
  needs: ['committed-reads'],
  find,
};

interface Seen {
  readonly value: string;
  readonly by: Poll | Send;
}

function find(history: HistoryIndex): Findings {
  const findings = new Findings();
  for (const [partition, log] of acknowledgedLogs(history)) {
    for (let index = 1; index < log.length; index += 1) {
      const offset = log.offsetAt(index);
      if (log.offsetAt(index - 1) !== offset) continue;
      const [one, other] = [log.sendAt(index - 1), log.sendAt(index)];
      findings.add(() => inconsistent(partition, offset, told(one), told(other)));
    }
  }
  const seen = new Map<string, Map<number, Seen>>();
  for (const poll of [...history.committedPolls, ...history.uncommittedPolls]) {
    compare(history, poll, seen, findings);
  }
  return findings;
}

function told(send: Send): Seen {
  return { value: send.invocation.value, by: send };
}

/** Compares what a poll returned with what was acknowledged there; of an offset that was not, with what was seen first. */
function compare(
  history: HistoryIndex,
  poll: Poll,
  seen: Map<string, Map<number, Seen>>,
  findings: Findings,
): void {
  const { recordsRead } = history;
  const { partition } = poll.invocation;
  const log = acknowledgedLogs(history).get(partition);
  let index = 0;
  for (let row = poll.firstRow; row < poll.endRow; row += 1) {
    const offset = recordsRead.offsetAt(row);
    index = log?.firstFrom(offset, index) ?? 0;
    const isTold = log?.offsetAt(index) === offset;
    if (isTold && recordsRead.ordinalAt(row) === log.ordinalAt(index)) continue;
    const value = recordsRead.valueAt(row);
    if (value === null) continue;
    const first = isTold
      ? told(log.sendAt(index))
      : firstSeen(seen, partition, offset, { value, by: poll });
    if (first.value === value) continue;
    findings.add(() => inconsistent(partition, offset, first, { value, by: poll }));
  }
}

/** What was seen there first. */
function firstSeen(
  seen: Map<string, Map<number, Seen>>,
  partition: string,
  offset: number,
  now: Seen,
): Seen {
  let ofPartition = seen.get(partition);
  if (ofPartition === undefined) seen.set(partition, (ofPartition = new Map<number, Seen>()));
  const first = ofPartition.get(offset);
  if (first === undefined) ofPartition.set(offset, now);
  return first ?? now;
}

function inconsistent(partition: string, offset: number, first: Seen, second: Seen) {
  return {
    message: `offset ${offset} of ${partition} was seen with ${first.value} and with ${second.value}`,
    events: [first.by.completedAt, second.by.completedAt] as [number, number],
    why: [
      how(partition, offset, first),
      how(partition, offset, second),
      'An offset holds one record for good, and this one held two: a contradiction.',
    ],
  };
}

function how(partition: string, offset: number, { value, by }: Seen): string {
  return by.invocation.call === 'send'
    ? `${by.invocation.process} was told that ${value} is at offset ${offset} of ${partition} (${citeCompletion(by)}).`
    : `${by.invocation.process} read ${value} at offset ${offset} of ${partition} (${citeCompletion(by)}).`;
}
