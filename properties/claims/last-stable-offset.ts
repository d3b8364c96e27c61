/**
 * LastStableOffset: what readers are told of how far a partition is stable. It is judged against what clients did
 * later: a transaction whose client asks for its commit, and is told that it happened, was undecided until it asked.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { OpenHistory } from '../history/open-history.ts';
import {
  type AnsweredPoll,
  type ClientTransaction,
  type End,
  type EndOffset,
  type LiveProducer,
  type Ok,
  type Operation,
  type Send,
  citeInvocation,
  citeCompletion,
} from '../history/operations.ts';
import { acknowledgedOffset } from '../history/sightings.ts';
import { ClaimFold, type FoldedClaim } from './claim.ts';

export const lastStableOffset: FoldedClaim = {
  name: 'LastStableOffset',
  statement:
    'The last stable offset that a reader is told is not above the high watermark, not above any record of a transaction whose commit is yet to be asked for, and never below what the same reader was told before.',
  source: 'KIP-98 (LSO), UnifiedLog.lastStableOffset; KIP-207 for ListOffsets',
  needs: ['stable-offsets'],
  keeps:
    'of each partition the highest answer, and of each reader that has not crashed the highest that it was told, for it may ask again at any time; the last transaction of each producer that has not crashed',
  begin: (history) => new LastStableOffset(history),
  witness: {
    situation: 'a reader was told a last stable offset below the high watermark',
    advice: 'raise --scenarios, so that readers meet more transactions while they are open',
    needs: ['stable-offsets'],
  },
};

/** An answer that says, or is, a last stable offset. */
interface Answer {
  readonly operation: AnsweredPoll | EndOffset;
  readonly stable: number;
}

/** Of a transaction whose end was asked for. */
interface Asked {
  readonly transaction: ClientTransaction;
  readonly at: number;
  /** A record that is before what had been told by then. */
  passed: Passed | null;
}

/** A send that was outstanding then: it may yet be told where its record is. */
interface Late {
  readonly asked: Asked;
  /** What had been told of its partition. */
  readonly told: Answer;
}

interface Passed {
  readonly send: Send;
  readonly offset: number;
  readonly told: Answer;
}

class LastStableOffset extends ClaimFold {
  readonly #history: OpenHistory;
  /** By partition, the highest answer. */
  readonly #highest = new Map<string, Answer>();
  /** By reader and partition, the highest that it was told. */
  readonly #told = new Map<string, Map<string, Answer>>();
  /** By question under way, the highest that its reader was told before it asked. */
  readonly #before = new Map<Operation, Answer>();
  /** Transactions that an answer may have passed while they were undecided. */
  readonly #asked = new Map<ClientTransaction, Asked>();
  /** Its client may begin the next one meanwhile. */
  readonly #late = new Map<Operation, Late>();
  #above: Violation | null = null;
  #regressed: Violation | null = null;
  #undecided: Violation | null = null;
  #reached = false;

  constructor(history: OpenHistory) {
    super();
    this.#history = history;
  }

  override asking(question: Operation): void {
    const { invocation } = question;
    if (!('partition' in invocation)) return;
    const before = this.#told.get(invocation.process)?.get(invocation.partition);
    if (before !== undefined) this.#before.set(question, before);
  }

  override polled(poll: AnsweredPoll): void {
    this.#answered(poll, poll.completion.lastStableOffset);
  }

  override endTold(answer: EndOffset): void {
    const isStable = answer.invocation.isolation === 'read_committed';
    this.#answered(answer, isStable ? (answer.completion as Ok).offset : undefined);
  }

  #answered(operation: AnsweredPoll | EndOffset, stable: number | undefined): void {
    const before = this.#before.get(operation);
    if (before !== undefined) this.#before.delete(operation);
    const { lastStableOffset: told, highWatermark } = operation.completion as Ok;
    if (highWatermark !== undefined && told !== undefined && told < highWatermark) {
      this.#reached = true;
    }
    if (stable === undefined) return;
    if (highWatermark !== undefined && stable > highWatermark) {
      this.#above ??= aboveHighWatermark(operation, stable, highWatermark);
    }
    // After quiescence nothing is undecided, and every reader is a new one.
    if (operation.invokedAt >= this.#history.quiescentSince) return;
    const answer = { operation, stable };
    if (before !== undefined && stable < before.stable) {
      this.#regressed ??= regressed(before, answer);
    }
    this.#keep(answer);
  }

  #keep(answer: Answer): void {
    const { process, partition } = answer.operation.invocation;
    let told = this.#told.get(process);
    if (told === undefined) this.#told.set(process, (told = new Map<string, Answer>()));
    keepHigher(told, partition, answer);
    keepHigher(this.#highest, partition, answer);
  }

  override refused(operation: Operation): void {
    this.abandoned(operation);
  }

  override abandoned(operation: Operation): void {
    this.#before.delete(operation);
    this.#late.delete(operation);
  }

  override crashed(process: string, producer: LiveProducer | undefined): void {
    this.#told.delete(process);
    if (producer?.current !== undefined) this.#asked.delete(producer.current);
  }

  /**
   * Until its first end is asked for a transaction is undecided. What is told later need not be remembered for it, and what
   * it writes later is not held against what was told before.
   */
  override ending(end: End, transaction: ClientTransaction | undefined): void {
    if (transaction === undefined || transaction.ends.length > 1) return;
    const asked: Asked = { transaction, at: end.invokedAt, passed: null };
    for (const send of transaction.sends) {
      const told = this.#highest.get(send.invocation.partition);
      if (told === undefined) continue;
      asked.passed ??= passedBy(send, told);
      if (send.completion === null) this.#late.set(send, { asked, told });
    }
    // A late acknowledgement may set it yet; until then there is nothing to remember.
    if (asked.passed !== null) this.#asked.set(transaction, asked);
  }

  override acknowledged(send: Send): void {
    const late = this.#late.get(send);
    if (late === undefined) return;
    this.#late.delete(send);
    const { asked, told } = late;
    asked.passed ??= passedBy(send, told);
    if (asked.transaction.toldCommitted !== null) this.#committed(asked);
    else if (asked.passed !== null) this.#asked.set(asked.transaction, asked);
  }

  override ended({ invocation }: End, transaction: ClientTransaction | undefined): void {
    const asked = transaction === undefined ? undefined : this.#asked.get(transaction);
    if (asked !== undefined && invocation.call === 'commit') this.#committed(asked);
  }

  #committed({ transaction: { name }, at, passed }: Asked): void {
    if (passed !== null) this.#undecided ??= undecided(passed, at, name);
  }

  override begun(_transaction: ClientTransaction, { current }: LiveProducer): void {
    if (current !== undefined) this.#asked.delete(current);
  }

  override violation(): Violation | null {
    return this.#above ?? this.#regressed ?? this.#undecided;
  }

  override reached(): boolean {
    return this.#reached;
  }
}

function keepHigher(answers: Map<string, Answer>, partition: string, answer: Answer): void {
  const highest = answers.get(partition);
  if (highest === undefined || answer.stable > highest.stable) answers.set(partition, answer);
}

/** Whether a record that was acknowledged stands before what was told to be stable. */
function passedBy(send: Send, told: Answer): Passed | null {
  const offset = acknowledgedOffset(send);
  return offset === -1 || offset >= told.stable ? null : { send, offset, told };
}

function aboveHighWatermark(
  poll: AnsweredPoll | EndOffset,
  stable: number,
  highWatermark: number,
): Violation {
  const { partition } = poll.invocation;
  return {
    message: `the last stable offset of ${partition} was told as ${stable}, above its high watermark ${highWatermark}`,
    events: [poll.invokedAt, poll.completedAt],
    why: [
      `A poll of ${partition} was told last stable offset ${stable} and high watermark ${highWatermark} (${citeCompletion(poll)}).`,
      'Beyond the high watermark a record can still be lost, hence nothing there is stable: a contradiction.',
    ],
  };
}

function regressed(before: Answer, after: Answer): Violation {
  const { process, partition } = after.operation.invocation;
  return {
    message: `the last stable offset of ${partition} went back from ${before.stable} to ${after.stable} for ${process}`,
    events: [before.operation.completedAt, after.operation.completedAt],
    why: [
      `${process} was told that ${partition} is stable up to offset ${before.stable} (${citeCompletion(before.operation)}).`,
      `It asked again (${citeInvocation(after.operation)}) and was told offset ${after.stable} (${citeCompletion(after.operation)}).`,
      'What was stable stays so, and here it does not: a contradiction.',
    ],
  };
}

function undecided({ send, offset, told }: Passed, asked: number, transaction: string): Violation {
  const { process, partition, value } = send.invocation;
  return {
    message: `${partition} was told to be stable up to offset ${told.stable}, past ${value} of ${transaction}, which was undecided`,
    events: [send.completedAt, told.operation.completedAt],
    why: [
      `${process} sent ${value} in ${transaction} and was told that it is at offset ${offset} of ${partition} (${citeCompletion(send)}).`,
      `${told.operation.invocation.process} was told that ${partition} is stable up to offset ${told.stable} (${citeCompletion(told.operation)}).`,
      `Only after that did ${process} ask for an end of the transaction (event ${asked}), and was told that it is committed.`,
      'So the transaction was undecided, and what is undecided is not stable: a contradiction.',
    ],
  };
}
