/**
 * A trace, read for causes: which message was late, on whose behalf it travelled, what its handling appended, and
 * which transaction its sender was in by then. Built only once a claim is violated.
 */

import { TRANSACTION_STATE_TOPIC } from '../../protocol/limits.ts';
import type { ProducerIdentity, TopicPartition } from '../../protocol/ids.ts';
import type { ApiName } from '../../protocol/messages/rpc.ts';
import type { HistoryEvent } from '../../reports/evidence/history.ts';
import type { TraceEvent } from '../../reports/evidence/trace.ts';
import type { RecordedHistory } from '../history/recorded-history.ts';
import type { Outcome } from '../history/operations.ts';

type Sent = Extract<TraceEvent, { readonly kind: 'sent' }>;
export type Ghost = NonNullable<Sent['ghost']>;

/** An append that the handling of a request caused, and whose transaction it was for. */
export interface CausedAppend {
  /** Position in the trace. */
  readonly at: number;
  readonly log: TopicPartition;
  readonly offset: number;
  readonly api: ApiName;
  readonly ghost: Ghost;
  /**
   * Its sender had given up on it: its connection was closed before it arrived, or the record that it carries had
   * been told lost (delivery.timeout.ms can pass while a request is under way).
   */
  readonly isLate: boolean;
}

/** Requests of a transaction that present its identity. */
const IDENTIFIED_APIS: readonly ApiName[] = [
  'AddPartitionsToTxn',
  'AddOffsetsToTxn',
  'Produce',
  'TxnOffsetCommit',
  'EndTxn',
];

export class TraceIndex {
  readonly #history: RecordedHistory;
  readonly #appends: CausedAppend[] = [];
  /** Positions in the trace of each instance's begins. */
  readonly #begins = new Map<string, number[]>();
  /** The last history event that the walk along the trace has met. */
  #historyPosition = -1;

  constructor(trace: readonly TraceEvent[], history: RecordedHistory) {
    this.#history = history;
    const requests = new Map<number, Sent>();
    const late = new Set<number>();
    for (const [at, event] of trace.entries()) {
      if (event.kind === 'sent') requests.set(event.message, event);
      else if (event.kind === 'duplicated') copy(requests, event.message, event.copy);
      else if (event.kind === 'delivered' && event.late) late.add(event.message);
      else if (event.kind === 'history') {
        // What a probe causes comes after the last word on every partition.
        if (isProbe(history.events[event.event])) break;
        this.#note(event.event, at);
      } else if (event.kind === 'appended' && event.cause !== undefined) {
        const request = requests.get(event.cause);
        const ghost = event.ghost ?? request?.ghost;
        if (request === undefined || ghost === undefined) continue;
        const { log, offset } = event;
        const { api } = request;
        const isLate = late.has(event.cause) || this.#isGivenUp(log, offset);
        this.#appends.push({ at, log, offset, api, ghost, isLate });
      }
    }
  }

  /** Appends to a data partition, in order. */
  appendsTo(partition: TopicPartition): readonly CausedAppend[] {
    return this.#appends.filter(({ log }) => log === partition);
  }

  /** Appends of this kind whose request came late, in order. */
  lateAppends(
    api: 'EndTxn' | 'Produce' | 'WriteTxnMarkers' | 'TxnOffsetCommit',
  ): readonly CausedAppend[] {
    return this.#appends.filter((append) => append.isLate && append.api === api);
  }

  /** Whether the instance itself asked for the end of this transaction and the coordinator decided it so. */
  endedByItself({ instance, transaction }: Ghost, before: number): boolean {
    return this.#appends.some(
      ({ at, api, log, ghost }) =>
        at < before &&
        api === 'EndTxn' &&
        log.startsWith(`${TRANSACTION_STATE_TOPIC}-`) &&
        ghost.instance === instance &&
        ghost.transaction === transaction,
    );
  }

  /** Whether the client was told how the transaction ended; it hears so before it begins another. */
  isToldEnded(ghost: Ghost): boolean {
    const told = this.toldOf(ghost);
    return told === 'committed' || told === 'aborted';
  }

  /** What the client was told of the transaction on whose behalf a message travelled. */
  toldOf({ instance, transaction }: Ghost): Outcome | null {
    return this.#history.transaction(instance, transaction)?.outcome ?? null;
  }

  /** Whether the record that was appended had not been in the log before. */
  isFirstOfRecord({ log, offset }: CausedAppend): boolean {
    const read = this.#history.finalReads.uncommitted.get(log);
    const value = read?.valueAt(offset);
    return typeof value !== 'string' || read?.offsetOf(value) === offset;
  }

  /** Ordinal of the transaction that the instance had begun last; 0: none. */
  currentTransaction(instance: string, at: number): number {
    return (this.#begins.get(instance) ?? []).filter((begin) => begin < at).length;
  }

  /** Whether both transactions ran under one producer id and epoch; false where that cannot be told. */
  sameIdentity(instance: string, earlier: number, later: number): boolean {
    const before = this.#identity({ instance, transaction: earlier });
    const after = this.#identity({ instance, transaction: later });
    if (before === null || after === null) return false;
    return before.producerId === after.producerId && before.producerEpoch === after.producerEpoch;
  }

  /** Whether one transaction ran under a higher epoch of the same producer id than another; false where that cannot be told. */
  isOfHigherEpoch(one: Ghost, other: Ghost): boolean {
    const higher = this.#identity(one);
    const lower = this.#identity(other);
    if (higher === null || lower === null) return false;
    return higher.producerId === lower.producerId && higher.producerEpoch > lower.producerEpoch;
  }

  /** Producer id and epoch that the transaction's requests presented. */
  #identity({ instance, transaction: ordinal }: Ghost): ProducerIdentity | null {
    const transaction = this.#history.transaction(instance, ordinal);
    if (transaction === undefined) return null;
    const next = this.#history.transaction(instance, ordinal + 1);
    for (const { request, sentAt } of this.#history.attempts) {
      const { process, api, producerId, producerEpoch } = request;
      if (process !== instance || sentAt < transaction.begin.invokedAt) continue;
      if (next !== undefined && sentAt > next.begin.invokedAt) break;
      if (!IDENTIFIED_APIS.includes(api)) continue;
      if (producerId !== undefined && producerEpoch !== undefined) {
        return { producerId, producerEpoch };
      }
    }
    return null;
  }

  /** Whether the client had been told something else than success of the record that is appended here. */
  #isGivenUp(log: TopicPartition, offset: number): boolean {
    const value = this.#history.finalReads.uncommitted.get(log)?.valueAt(offset);
    const send = typeof value === 'string' ? this.#history.sendOf(value) : undefined;
    if (send === undefined || send.completedAt > this.#historyPosition) return false;
    return send.completion?.type !== 'ok';
  }

  #note(position: number, at: number): void {
    this.#historyPosition = position;
    const event = this.#history.events[position];
    if (event?.type !== 'invoke' || event.call !== 'begin') return;
    const begins = this.#begins.get(event.process);
    if (begins === undefined) this.#begins.set(event.process, [at]);
    else begins.push(at);
  }
}

function isProbe(event: HistoryEvent | undefined): boolean {
  return event?.type === 'invoke' && event.call === 'init' && event.probe === true;
}

function copy(requests: Map<number, Sent>, original: number, duplicate: number): void {
  const request = requests.get(original);
  if (request !== undefined) requests.set(duplicate, request);
}

/** Instances of one producer share its name: `A#1` and `A#2`. */
export function sameProducer(left: string, right: string): boolean {
  return left.slice(0, left.indexOf('#')) === right.slice(0, right.indexOf('#'));
}
