/**
 * NoHangingTransaction: at quiescence no partition is held up by a transaction that nobody will end. The last stable
 * offset then equals the high watermark.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import { FinalEnds, type FinalEnd } from '../history/final-reads.ts';
import type { OpenHistory } from '../history/open-history.ts';
import {
  type AnsweredPoll,
  type ClientTransaction,
  type LiveProducer,
  type Operation,
  type Outcome,
  type RecordRead,
  type Send,
  citeInvocation,
  citeCompletion,
  returnedOk,
} from '../history/operations.ts';
import { UnstableSends, type UnstableSend } from '../history/unstable-sends.ts';
import { ClaimFold, type FoldedClaim } from './claim.ts';

export const noHangingTransaction: FoldedClaim = {
  name: 'NoHangingTransaction',
  statement:
    'In the final reads the last stable offset of every partition is its high watermark: nothing stays open.',
  source: 'KIP-890 (hanging transactions), KIP-664, UnifiedLog.lastStableOffset',
  needs: ['final-committed-reads'],
  keeps:
    'the last final read of each partition; to name the transaction, at most a thousand sends a partition that no last stable offset has passed yet, and as many without an answer that no reader has returned; the last transaction of each producer that has not crashed',
  begin: (history) => new NoHangingTransaction(history),
  witness: {
    situation:
      'a transaction was seen or left open, and at the end every last stable offset had reached its high watermark',
    advice:
      'raise --scenarios, and keep crash-producer in --faults, so that more transactions are left open',
    needs: [],
  },
};

/** What stands where the final reads of a partition say that the last stable offset is. */
interface Stop {
  readonly stable: number;
  /** Undefined: no reader of uncommitted records has come there. */
  value: string | undefined;
}

class NoHangingTransaction extends ClaimFold {
  readonly #history: OpenHistory;
  readonly #ends = new FinalEnds();
  readonly #unstable = new UnstableSends();
  /** By partition. */
  readonly #stops = new Map<string, Stop>();
  #sawOpen = false;
  #leftOpen = false;

  constructor(history: OpenHistory) {
    super();
    this.#history = history;
  }

  override sending(send: Send, transaction: ClientTransaction | undefined): void {
    this.#unstable.add(send, transaction);
  }

  override acknowledged(send: Send): void {
    this.#unstable.acknowledge(send);
  }

  override refused(operation: Operation): void {
    if (operation.invocation.call === 'send') this.#unstable.refuse(operation as Send);
  }

  override polled(poll: AnsweredPoll, records: readonly RecordRead[]): void {
    const { lastStableOffset } = poll.completion;
    const { partition, final } = poll.invocation;
    this.#sawOpen ||= sawOpen(poll);
    if (final) {
      this.#ends.add(poll, records);
      this.#stop(poll, records);
    } else if (lastStableOffset !== undefined) {
      this.#unstable.pass(partition, lastStableOffset, records);
    }
  }

  #stop({ invocation, completion }: AnsweredPoll, records: readonly RecordRead[]): void {
    const { partition, isolation } = invocation;
    const { lastStableOffset: stable = -1, highWatermark = -1 } = completion;
    if (stable === highWatermark) return;
    let stop = this.#stops.get(partition);
    if (stop?.stable !== stable) this.#stops.set(partition, (stop = { stable, value: undefined }));
    if (isolation === 'read_committed') return;
    stop.value ??= records.find(({ offset }) => offset === stable)?.value ?? undefined;
  }

  override begun(_transaction: ClientTransaction, producer: LiveProducer): void {
    this.#leftOpen ||= leavesOpen(producer);
  }

  override crashed(_process: string, producer: LiveProducer | undefined): void {
    if (producer !== undefined) this.#leftOpen ||= leavesOpen(producer);
  }

  override violation(): Violation | null {
    for (const ends of [this.#ends.committed, this.#ends.uncommitted]) {
      for (const end of ends.values()) {
        if (isHeldUp(end)) return this.#hanging(end);
      }
    }
    return null;
  }

  #hanging(end: FinalEnd): Violation {
    const open = this.#openRecord(end);
    return hanging(end, open, open?.transaction?.outcome ?? null);
  }

  /** The send whose record stands where the last stable offset stopped. */
  #openRecord({ partition, lastStableOffset }: FinalEnd): UnstableSend | undefined {
    const stop = this.#stops.get(partition);
    if (stop?.stable !== lastStableOffset || stop.value === undefined) return undefined;
    return this.#unstable.sendOf(partition, stop.value);
  }

  override reached(): boolean {
    if (this.#ends.committed.size === 0) return false;
    for (const end of this.#ends.committed.values()) if (isHeldUp(end)) return false;
    return this.#sawOpen || this.#leftOpen || [...this.#history.liveProducers].some(leavesOpen);
  }
}

/** Records, and nobody who was asked to end them. */
function leavesOpen({ current, isProbe }: LiveProducer): boolean {
  return !isProbe && current?.outcome === 'open' && current.sends.some(returnedOk);
}

function isHeldUp(end: FinalEnd): boolean {
  return end.lastStableOffset !== end.highWatermark;
}

/** `outcome`: of the transaction that is open, as its client was told it; null: nobody knows. */
function hanging(
  end: FinalEnd,
  open: UnstableSend | undefined,
  outcome: Outcome | null,
): Violation {
  const { partition, lastStableOffset, highWatermark, poll } = end;
  const transaction = open === undefined ? null : nameOf(open);
  const why = [
    `The final read of ${partition} (${citeCompletion(poll)}) says last stable offset ${lastStableOffset} and high watermark ${highWatermark}.`,
  ];
  if (open !== undefined && transaction !== null) {
    const { send } = open;
    const told = outcome === null ? '' : `, whose client was told: ${outcome}`;
    why.push(
      `At offset ${lastStableOffset} stands ${send.invocation.value} of ${transaction} (sent at ${citeInvocation(send)})${told}.`,
    );
  }
  why.push(
    'By then faults had stopped, every producer had stopped, and every transaction timeout had passed, so whatever the coordinator knew to be open was ended.',
    `Yet a transaction is open on ${partition}, and nobody will end it: a contradiction.`,
  );
  return {
    message: `${transaction ?? 'a transaction'} hangs on ${partition}: last stable offset ${lastStableOffset} stays below high watermark ${highWatermark}`,
    events: [open?.send.invokedAt ?? poll.invokedAt, poll.completedAt],
    why,
  };
}

/** A transaction that was over when it was sent in is known by the call alone. */
function nameOf({ send: { invocation } }: UnstableSend): string {
  return `transaction ${invocation.transaction} of ${invocation.process}`;
}

function sawOpen({ completion }: AnsweredPoll): boolean {
  const { lastStableOffset, highWatermark } = completion;
  return (
    lastStableOffset !== undefined &&
    highWatermark !== undefined &&
    lastStableOffset < highWatermark
  );
}
