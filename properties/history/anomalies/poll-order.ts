/**
 * The order of reading. int-poll-skip and int-nonmonotonic-poll: inside a poll. poll-skip and nonmonotonic-poll: from a
 * poll of a process to its next one of the same partition. A member of a group moves with its assignment, and an
 * application goes back after an abort: these are not compared across.
 */

import type { Violation } from '../../../reports/evidence/finding.ts';
import { acknowledgedLogs } from '../acknowledged-log.ts';
import type { HistoryIndex } from '../history-index.ts';
import { citeCompletion, citeInvocation, returnedOk, type Poll } from '../operations.ts';
import { Findings, type AnomalyCheck } from './anomaly-check.ts';
import { firstVisible, type VisibleRecord } from './visible-records.ts';

export const pollSkipInside: AnomalyCheck = {
  name: 'int-poll-skip',
  statement: 'A poll of committed records passed over one that had to be visible.',
  verdict: 'forbidden',
  needs: ['committed-reads', 'acknowledged-offsets'],
  find: findSkipsInside,
};

export const nonmonotonicPollInside: AnomalyCheck = {
  name: 'int-nonmonotonic-poll',
  statement:
    'A poll returned records out of the order of their offsets, or from before where it began.',
  verdict: 'forbidden',
  needs: ['committed-reads'],
  find: findBackwardsInside,
};

export const pollSkip: AnomalyCheck = {
  name: 'poll-skip',
  statement:
    'A reader outside of any group went on behind where its last poll of the partition had ended, past a record that had to be visible.',
  verdict: 'forbidden',
  needs: ['committed-reads', 'acknowledged-offsets'],
  find: findSkips,
};

export const nonmonotonicPoll: AnomalyCheck = {
  name: 'nonmonotonic-poll',
  statement:
    'A reader outside of any group returned records again that an earlier poll of it had returned, without an abort in between.',
  verdict: 'forbidden',
  needs: ['committed-reads'],
  find: findBackwards,
};

function findSkipsInside(history: HistoryIndex): Findings {
  const findings = new Findings();
  const { recordsRead } = history;
  const logs = acknowledgedLogs(history);
  for (const poll of history.committedPolls) {
    const log = logs.get(poll.invocation.partition);
    if (log === undefined) continue;
    let next = poll.invocation.from;
    const goOnTo = (offset: number): void => {
      if (offset > next) lookBetween(next, offset);
      next = Math.max(next, offset + 1);
    };
    const lookBetween = (from: number, to: number): void => {
      const passed = firstVisible(history, log, [from, to], poll.invokedAt);
      if (passed !== null) findings.add(() => skipped(passed, poll, poll.invokedAt));
    };
    for (let row = poll.firstRow; row < poll.endRow; row += 1) goOnTo(recordsRead.offsetAt(row));
    goOnTo(poll.completion.position ?? next - 1);
  }
  return findings;
}

function skipped({ offset, send, since }: VisibleRecord, poll: Poll, from: number): Violation {
  const { process, value, partition } = send.invocation;
  return {
    message: `${poll.invocation.process} passed over ${value} at offset ${offset} of ${partition}`,
    events: [since, poll.completedAt],
    why: [
      `${process} was told that ${value} is at offset ${offset} of ${partition} (${citeCompletion(send)}), and by event ${since} that it is committed.`,
      `${poll.invocation.process} read on from before it (event ${from}) to behind it (${citeCompletion(poll)}) and did not return it.`,
      'It had to be visible by then, and the reader skipped it: a contradiction.',
    ],
  };
}

function findBackwardsInside(history: HistoryIndex): Findings {
  const findings = new Findings();
  const { recordsRead } = history;
  for (const poll of [...history.committedPolls, ...history.uncommittedPolls]) {
    let last = poll.invocation.from - 1;
    for (let row = poll.firstRow; row < poll.endRow; row += 1) {
      const offset = recordsRead.offsetAt(row);
      if (offset <= last) {
        const before = last;
        findings.add(() => disordered(poll, offset, before));
      }
      last = offset;
    }
  }
  return findings;
}

function disordered(poll: Poll, offset: number, before: number): Violation {
  const { process, partition, from } = poll.invocation;
  const where = offset < from ? `from before offset ${from}` : `after offset ${before}`;
  return {
    message: `${process} got offset ${offset} of ${partition} ${where} in one poll`,
    events: [poll.invokedAt, poll.completedAt],
    why: [
      `${process} polled ${partition} from offset ${from} (${citeInvocation(poll)}).`,
      `It was returned offset ${offset} ${where} (${citeCompletion(poll)}).`,
      'Records of a partition are returned in the order of their offsets: a contradiction.',
    ],
  };
}

function findSkips(history: HistoryIndex): Findings {
  const findings = new Findings();
  const logs = acknowledgedLogs(history);
  for (const [earlier, later] of consecutive(history)) {
    const { position } = earlier.completion;
    const log = logs.get(later.invocation.partition);
    if (position === undefined || log === undefined) continue;
    const passed = firstVisible(history, log, [position, later.invocation.from], later.invokedAt);
    if (passed !== null) findings.add(() => skipped(passed, later, earlier.completedAt));
  }
  return findings;
}

function findBackwards(history: HistoryIndex): Findings {
  const findings = new Findings();
  const { recordsRead } = history;
  for (const [earlier, later] of consecutive(history)) {
    if (earlier.firstRow === earlier.endRow || later.firstRow === later.endRow) continue;
    const last = recordsRead.offsetAt(earlier.endRow - 1);
    const first = recordsRead.offsetAt(later.firstRow);
    if (first <= last) findings.add(() => again(earlier, later, last, first));
  }
  return findings;
}

function again(earlier: Poll, later: Poll, last: number, first: number): Violation {
  const { process, partition } = later.invocation;
  return {
    message: `${process} read offset ${first} of ${partition} after it had read offset ${last}`,
    events: [earlier.completedAt, later.completedAt],
    why: [
      `${process} read ${partition} up to offset ${last} (${citeCompletion(earlier)}).`,
      `Its next poll of ${partition} returned offset ${first} (${citeCompletion(later)}), with no abort in between.`,
      'A reader goes forward, and this one went back: a contradiction.',
    ],
  };
}

/** Polls of one process and partition that follow each other, where nothing moved the process in between. */
function* consecutive(history: HistoryIndex): Generator<readonly [Poll, Poll]> {
  const members = new Set<string>();
  for (const { joins } of history.groups) {
    for (const { invocation } of joins) members.add(invocation.process);
  }
  const rewinds = rewindsOf(history);
  const last = new Map<string, Map<string, Poll>>();
  for (const poll of history.committedPolls) {
    const { process, partition } = poll.invocation;
    if (members.has(process)) continue;
    let polls = last.get(process);
    if (polls === undefined) last.set(process, (polls = new Map<string, Poll>()));
    const earlier = polls.get(partition);
    polls.set(partition, poll);
    if (earlier === undefined || earlier.completedAt > poll.invokedAt) continue;
    const moved = rewinds
      .get(process)
      ?.some((at) => at > earlier.completedAt && at < poll.invokedAt);
    if (moved !== true) yield [earlier, poll];
  }
}

/**
 * Where each process asked for an end that did not commit: the application starts again from what is committed
 * (KAFKA-17582).
 */
function rewindsOf(history: HistoryIndex): ReadonlyMap<string, readonly number[]> {
  const rewinds = new Map<string, number[]>();
  for (const { process, ends } of history.transactions) {
    for (const end of ends) {
      if (end.invocation.call === 'commit' && returnedOk(end)) continue;
      const positions = rewinds.get(process);
      if (positions === undefined) rewinds.set(process, [end.invokedAt]);
      else positions.push(end.invokedAt);
    }
  }
  return rewinds;
}
