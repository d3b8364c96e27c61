/**
 * ZombieFencing: once a newer instance of a transactional id is initialised, nothing that an older one undertakes
 * afterwards takes effect. What the older one had undertaken before may still happen: its commit may already be
 * decided, its request may be under way. The same holds of the offsets that members of a group send in transactions:
 * there the generation is what is newer or older (KIP-447).
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { attemptsDuring } from '../history/attempts.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  NEVER,
  failed,
  returnedOk,
  type ClientProcess,
  type End,
  type GroupHistory,
  type Init,
  type Join,
  type Ok,
  type Poll,
  type Send,
  type SendOffsets,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import type { WholeClaim } from './claim.ts';
import { partitionPoint } from '../history/partition-point.ts';

export const zombieFencing: WholeClaim = {
  name: 'ZombieFencing',
  statement:
    'After initTransactions of a newer instance returned, no commit, abort or send that an older instance of the same transactional id then undertakes takes effect; after a member of a newer generation of a group joined, no offsets that a member of an older one then sends in a transaction are accepted.',
  source:
    'KIP-98 (zombie fencing), TransactionCoordinator.handleInitProducerId; KIP-447, ClassicGroup.validateOffsetCommit',
  needs: ['producers', 'transactions'],
  keeps: 'the inits of every instance; of superseded ones the sends, which may be read later',
  violation,
  witness: {
    situation:
      'an instance tried to send in or to end a transaction after it was superseded, or to send offsets after its generation was over',
    advice:
      'raise --scenarios, and keep zombie in --faults (a start while an older instance lives on)',
    needs: [],
    reached,
  },
};

type Superseded = Send | End;

function violation(history: HistoryIndex): Violation | null {
  for (const older of supersedable(history)) {
    const supersession = new Supersession(history, older);
    for (const operation of undertakenBy(older, supersession)) {
      const newer = supersession.of(operation);
      if (newer === null || (!isSend(operation) && isEmpty(history, operation))) continue;
      const found = isSend(operation)
        ? readOfZombie(history, operation, newer)
        : endOfZombie(history, operation, newer);
      if (found !== null) return found;
    }
  }
  for (const group of history.groups) {
    const found = offsetsOfZombie(history, group);
    if (found !== null) return found;
  }
  return null;
}

/** Offsets that were accepted of a member whose generation was over. */
function offsetsOfZombie(history: HistoryIndex, group: GroupHistory): Violation | null {
  const generations = new Generations(group);
  for (const send of group.offsetSends) {
    const newer = generations.newerThan(send);
    if (newer === undefined || !returnedOk(send)) continue;
    const { process, transaction, generation } = send.invocation;
    const name = history.transaction(process, transaction)?.name ?? `a transaction of ${process}`;
    const began = generationOf(newer);
    return {
      message: `offsets of generation ${generation} that ${process} sent for group ${group.group} were accepted, although generation ${began} had begun before`,
      events: [newer.completedAt, send.completedAt],
      why: [
        `${newer.invocation.process} joined group ${group.group} and was told generation ${began} (${citeCompletion(newer)}), so every older generation is over from there on.`,
        `${process} sent offsets for the group as a member of generation ${generation} later, in ${name} (${citeInvocation(send)}).`,
        `It was told that they are part of the transaction (${citeCompletion(send)}).`,
        'A member of a generation that is over may not move the offsets of the group, and this one may: a contradiction.',
      ],
    };
  }
  return null;
}

/** Joins that told a higher generation than all that had returned before, by which an older member can be told. */
class Generations {
  readonly #rises: Join[] = [];

  constructor({ joins }: GroupHistory) {
    const returned = joins.filter(returnedOk);
    for (const join of returned.toSorted((one, other) => one.completedAt - other.completedAt)) {
      const last = this.#rises.at(-1);
      if (last === undefined || generationOf(join) > generationOf(last)) this.#rises.push(join);
    }
  }

  /** A newer one that had returned when a member sent offsets; whoever names no generation has none. */
  newerThan({ invocation, invokedAt }: SendOffsets): Join | undefined {
    const { generation } = invocation;
    if (generation < 0) return undefined;
    const rises = this.#rises;
    const first = partitionPoint(
      rises.length,
      (index) => generationOf(rises[index]!) <= generation,
    );
    const join = rises[first];
    return join !== undefined && join.completedAt < invokedAt ? join : undefined;
  }
}

function generationOf({ completion }: Join): number {
  return (completion as Ok).generation ?? -1;
}

function isSend(operation: Superseded): operation is Send {
  return operation.invocation.call === 'send';
}

/** Instances that share their transactional id with another one. */
function supersedable(history: HistoryIndex): readonly ClientProcess[] {
  const instances: ClientProcess[] = [];
  for (const siblings of history.instances.values()) {
    if (siblings.length > 1) instances.push(...siblings);
  }
  return instances;
}

function* undertakenBy(
  { transactions }: ClientProcess,
  supersession: Supersession,
): Generator<Superseded> {
  for (const { sends, ends } of transactions) {
    yield* sends;
    yield* ends.filter((end) => !isRepeated(end, ends, supersession));
  }
}

/**
 * A commit that timed out is asked for again and waits for the same request
 * (TransactionManager.handleCachedTransactionRequestResult): what it is told may be the answer to the first, if that was
 * asked for before anybody superseded it and may have happened.
 */
function isRepeated(end: End, ends: readonly End[], supersession: Supersession): boolean {
  return ends.some(
    (earlier) =>
      earlier.invokedAt < end.invokedAt &&
      earlier.invocation.call === end.invocation.call &&
      !failed(earlier) &&
      supersession.of(earlier) === null,
  );
}

/** By whom an instance is superseded, and from where on. One that initialised itself again is as new as its last init. */
class Supersession {
  readonly #inits: readonly Init[];
  /** Of all instances of the transactional id. */
  readonly #siblings: readonly Init[];
  #own: Init | undefined;
  /** Those that supersede `#own`, in the order of the instances; and where the first of them returned. */
  #newer: readonly Init[] = [];
  #since = NEVER;

  constructor(history: HistoryIndex, { inits, transactionalId }: ClientProcess) {
    this.#inits = inits.filter(returnedOk);
    const instances = history.instances.get(transactionalId ?? '') ?? [];
    this.#siblings = instances.flatMap((instance) => instance.inits.filter(returnedOk));
  }

  /** The init of another instance that had returned when `operation` was invoked. */
  of(operation: Superseded): Init | null {
    const own = this.#inits.findLast(({ completedAt }) => completedAt < operation.invokedAt);
    if (own === undefined) return null;
    if (own !== this.#own) {
      this.#own = own;
      this.#newer = this.#siblings.filter((init) => isNewer(init, own));
      this.#since = Math.min(NEVER, ...this.#newer.map(({ completedAt }) => completedAt));
    }
    if (operation.invokedAt < this.#since) return null;
    return this.#newer.find(({ completedAt }) => completedAt < operation.invokedAt) ?? null;
  }
}

/** Of two that overlapped the answers decide: the coordinator took the one with the higher epoch last. */
function isNewer(init: Init, own: Init): boolean {
  if (init.invokedAt > own.completedAt) return true;
  if (own.invokedAt > init.completedAt) return false;
  const { producerId, producerEpoch } = init.completion as Ok;
  const { producerId: ownId, producerEpoch: ownEpoch } = own.completion as Ok;
  if (producerId === undefined || producerId !== ownId) return false;
  return producerEpoch !== undefined && ownEpoch !== undefined && producerEpoch > ownEpoch;
}

/** A client ends a transaction to which nothing was added by itself, without asking anybody (TransactionManager). */
function isEmpty(history: HistoryIndex, end: End): boolean {
  const { process, transaction } = end.invocation;
  if (history.transaction(process, transaction)?.sends.some(returnedOk)) return false;
  for (const { errorCode, answeredAt } of attemptsDuring(history, end, 'EndTxn')) {
    if (errorCode === 'NONE' && answeredAt < end.completedAt) return false;
  }
  return true;
}

function supersededSince(operation: Superseded, newer: Init): string[] {
  const { process } = operation.invocation;
  const { producerId, producerEpoch } = newer.completion as Ok;
  const identity =
    producerEpoch === undefined ? '' : ` with producer id ${producerId}, epoch ${producerEpoch}`;
  return [
    `${newer.invocation.process} initialised the transactional id of ${process} after it${identity} (${citeCompletion(newer)}), so ${process} is superseded from there on.`,
  ];
}

function endOfZombie(history: HistoryIndex, end: End, newer: Init): Violation | null {
  if (!returnedOk(end)) return null;
  const { process, call, transaction } = end.invocation;
  const name = history.transaction(process, transaction)?.name ?? `a transaction of ${process}`;
  return {
    message: `${process} was told that its ${call} of ${name} happened, although ${newer.invocation.process} had superseded it before`,
    events: [newer.completedAt, end.completedAt],
    why: [
      ...supersededSince(end, newer),
      `${process} asked for the ${call} of ${name} later (${citeInvocation(end)}); that transaction was not empty.`,
      `It was told that the ${call} happened (${citeCompletion(end)}).`,
      `What a superseded instance undertakes has no effect, and this ${call} had: a contradiction.`,
    ],
  };
}

function readOfZombie(history: HistoryIndex, send: Send, newer: Init): Violation | null {
  const { process, partition, value } = send.invocation;
  if (!history.committedReads.isRead(send)) return null;
  const poll = history.committedPolls.find((candidate) => hasRead(history, candidate, send));
  if (poll === undefined) return null;
  return {
    message: `${value}, sent by ${process} after ${newer.invocation.process} had superseded it, is readable in ${partition}`,
    events: [send.invokedAt, poll.completedAt],
    why: [
      ...supersededSince(send, newer),
      `${process} sent ${value} to ${partition} later (${citeInvocation(send)}).`,
      `A reader of committed records returned it (${citeCompletion(poll)}).`,
      'What a superseded instance undertakes has no effect, and this record was written and committed: a contradiction.',
    ],
  };
}

/** Whether it returned the record from the partition that it was sent to. */
function hasRead({ recordsRead }: HistoryIndex, poll: Poll, send: Send): boolean {
  if (poll.invocation.partition !== send.invocation.partition) return false;
  for (let row = poll.firstRow; row < poll.endRow; row += 1) {
    if (recordsRead.ordinalAt(row) === send.ordinal) return true;
  }
  return false;
}

function reached(history: HistoryIndex): boolean {
  for (const group of history.groups) {
    const generations = new Generations(group);
    if (group.offsetSends.some((send) => generations.newerThan(send) !== undefined)) return true;
  }
  return supersedable(history).some((older) => {
    const supersession = new Supersession(history, older);
    const isLate = (operation: Superseded): boolean => supersession.of(operation) !== null;
    return older.transactions.some(
      ({ sends, ends }) => sends.some(isLate) || (sends.length > 0 && ends.some(isLate)),
    );
  });
}
