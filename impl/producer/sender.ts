/**
 * Batches from `send` to their result (Sender.java and RecordAccumulator.java): draining within the limit of
 * requests in flight, retries in sequence order, delivery timeouts, unresolved sequences, and the local epoch bump
 * of a producer without transactions.
 */

import {
  NO_IDENTITY,
  NO_PRODUCER_ID,
  NO_SEQUENCE,
  type BrokerId,
  type Offset,
  type ProducerIdentity,
  type TopicPartition,
} from '../../protocol/ids.ts';
import { MAX_IN_FLIGHT_REQUESTS, MAX_PRODUCER_EPOCH } from '../../protocol/limits.ts';
import { PRODUCE_TV2 } from '../../protocol/transaction-version.ts';
import { mayHaveBeenAppended, type Batch } from './batch.ts';
import { failure, type ClientError } from './call-result.ts';
import type { Producer } from './producer.ts';
import { PartitionSequences, sameIdentity } from './sequences.ts';

const PRODUCE_TV1 = PRODUCE_TV2 - 1;

export class Sender {
  readonly partitions: PartitionSequences[] = [];
  readonly #producer: Producer;
  /** Without a result, oldest first, which is also the order of their deadlines. */
  readonly #incomplete: Batch[] = [];
  readonly #requestsInFlight = new Map<BrokerId, number>();
  /** Partitions whose batches are renumbered when the epoch is bumped locally. */
  readonly #toRenumber: PartitionSequences[] = [];
  #cancelExpiry: (() => void) | null = null;
  #awaitsLeader = false;

  constructor(producer: Producer) {
    this.#producer = producer;
  }

  /** Batches without a result (RecordAccumulator.hasIncomplete). */
  get incomplete(): number {
    return this.#incomplete.length;
  }

  entryOf(partition: TopicPartition): PartitionSequences {
    for (const entry of this.partitions) if (entry.partition === partition) return entry;
    const entry = new PartitionSequences(partition);
    this.partitions.push(entry);
    return entry;
  }

  enqueue(batch: Batch): void {
    this.entryOf(batch.partition).waiting.push(batch);
    this.#incomplete.push(batch);
    if (this.#cancelExpiry === null) this.#armExpiry();
  }

  /** Sends whatever may be sent. */
  drain(): void {
    for (const entry of this.partitions) {
      for (
        let broker = this.#readyBroker(entry);
        broker !== null;
        broker = this.#readyBroker(entry)
      ) {
        this.#send(entry, entry.waiting.shift()!, broker);
      }
    }
  }

  /** RecordAccumulator.shouldStopDrainBatchesForPartition: the leader to send the head to, or null. */
  #readyBroker(entry: PartitionSequences): BrokerId | null {
    const producer = this.#producer;
    const head = entry.waiting[0];
    if (head === undefined || head.backingOff || !producer.mayDrain(entry.partition)) return null;
    if (producer.identity.producerId === NO_PRODUCER_ID) return null;
    if (head.baseSequence === NO_SEQUENCE) {
      const older = !sameIdentity(entry.identity, producer.identity);
      if (older && entry.inFlight.length > 0) return null;
      if (entry.sequenceAfterUnresolved !== NO_SEQUENCE) return null;
    } else if (!entry.isFirstInFlight(head)) {
      return null;
    }
    const leader = producer.ports.metadata.leaderOf(entry.partition);
    if (leader === null) this.#waitForLeader();
    else if ((this.#requestsInFlight.get(leader) ?? 0) < MAX_IN_FLIGHT_REQUESTS) return leader;
    return null;
  }

  #waitForLeader(): void {
    if (this.#awaitsLeader) return;
    this.#awaitsLeader = true;
    this.#producer.ports.timers.after(this.#producer.config.retryBackoffMs, () => {
      this.#awaitsLeader = false;
      this.#producer.run();
    });
  }

  #send(entry: PartitionSequences, batch: Batch, leader: BrokerId): void {
    const producer = this.#producer;
    const { config, ports } = producer;
    if (batch.baseSequence === NO_SEQUENCE) {
      entry.adopt(producer.identity);
      entry.assign(
        batch,
        producer.decisions.sequenceAfter(entry.nextSequence, batch.records.length),
      );
    }
    batch.attempts += 1;
    batch.onWire = true;
    batch.sequenceReset = false;
    this.#requestsInFlight.set(leader, (this.#requestsInFlight.get(leader) ?? 0) + 1);
    const request = {
      api: 'Produce',
      apiVersion: config.transactionVersion === 2 ? PRODUCE_TV2 : PRODUCE_TV1,
      body: {
        transactionalId: config.transactionalId,
        acks: -1,
        timeoutMs: config.requestTimeoutMs,
        partitions: [
          {
            partition: batch.partition,
            batch: {
              producerId: batch.identity.producerId,
              producerEpoch: batch.identity.producerEpoch,
              baseSequence: batch.baseSequence,
              transactional: config.transactionalId !== null,
              control: false,
              records: batch.records,
            },
          },
        ],
      },
    } as const;
    ports.outbound.call(leader, request, config.requestTimeoutMs, (response) => {
      this.#requestsInFlight.set(leader, (this.#requestsInFlight.get(leader) ?? 1) - 1);
      batch.onWire = false;
      // The late answer of a batch that expired says nothing that is still needed.
      if (!batch.completed) {
        producer.handlers.produceAnswered(producer, batch, response?.partitions[0] ?? null);
      }
      producer.run();
    });
  }

  succeed(batch: Batch, baseOffset: Offset): void {
    this.entryOf(batch.partition).acknowledge(batch, baseOffset);
    this.#complete(batch);
    this.#producer.deliver(batch.done, { status: 'ok', offset: baseOffset });
  }

  /** Puts a batch back to be sent again, with the sequence that it has, after retry.backoff.ms. */
  reenqueue(batch: Batch): void {
    this.entryOf(batch.partition).reenqueue(batch);
    batch.backingOff = true;
    this.#producer.ports.timers.after(this.#producer.config.retryBackoffMs, () => {
      batch.backingOff = false;
      if (!batch.completed) this.#producer.run();
    });
  }

  /**
   * Ends a batch with an error (Sender.failBatch, TransactionManager.handleFailedBatch). What was sent and is given up
   * without an answer leaves its sequence unresolved, even if each attempt so far was refused (Sender.sendProducerData).
   * What the leader refuses leaves a gap that later batches close; unlike Java's client, only if no attempt may have
   * been appended (docs/adr/0009-a-refused-batch-of-unknown-fate.md).
   */
  fail(batch: Batch, error: ClientError): void {
    const producer = this.#producer;
    const ambiguous = mayHaveBeenAppended(batch);
    const entry = this.entryOf(batch.partition);
    const severity = producer.decisions.batchFailure(producer.isTransactional, error.errorCode);
    const told: ClientError = {
      kind: severity,
      errorCode: error.errorCode,
      message: error.message,
      outcome: ambiguous ? 'unknown' : 'failed',
    };
    if (severity === 'fatal') producer.fatalError(told);
    else if (severity === 'abortable') {
      if (!producer.isCompleting) producer.requireEpochBump();
      producer.handlers.abortableError(producer, told);
    }
    entry.remove(batch);
    this.#complete(batch);
    producer.deliver(batch.done, { status: 'error', error: told });
    if (batch.baseSequence === NO_SEQUENCE || severity === 'fatal') return;
    if (!sameIdentity(batch.identity, entry.identity)) return;
    if (error.errorCode === 'UNKNOWN_PRODUCER_ID') entry.reset(entry.identity);
    else if (ambiguous || error.errorCode === null) entry.markUnresolved(batch);
    else if (!producer.isTransactional) this.requestEpochBump(entry);
    else entry.closeGap(batch);
  }

  /** In an abortable transaction what was never sent is not sent any more (RecordAccumulator.abortUndrainedBatches). */
  abortUndrained(error: ClientError): void {
    for (const batch of this.#incomplete.slice()) {
      if (batch.baseSequence === NO_SEQUENCE) this.#abort(batch, error);
    }
  }

  /** Nothing can be sent any more (RecordAccumulator.abortBatches). */
  abortAll(error: ClientError): void {
    for (const batch of this.#incomplete.slice()) this.#abort(batch, error);
  }

  #abort(batch: Batch, error: ClientError): void {
    this.entryOf(batch.partition).remove(batch);
    const outcome = mayHaveBeenAppended(batch) ? 'unknown' : 'failed';
    this.#complete(batch);
    this.#producer.deliver(batch.done, failure(error, outcome));
  }

  /** TransactionManager.maybeResolveSequences. */
  resolveSequences(): void {
    for (const entry of this.partitions) {
      if (entry.sequenceAfterUnresolved === NO_SEQUENCE || entry.inFlight.length > 0) continue;
      entry.sequenceAfterUnresolved = NO_SEQUENCE;
      if (entry.isNextSequence(entry.nextSequence)) continue;
      switch (this.#producer.decisions.epochRecovery(this.#producer.config)) {
        case 'bump-locally':
          this.requestEpochBump(entry);
          break;
        case 'init-producer-id':
          this.#producer.requireEpochBump();
          break;
        case 'end-transaction':
          break;
        case 'reuse-sequence':
          entry.reuseSequences();
          break;
        case 'fatal':
          this.#producer.fatalError(UNSAFE_TO_CONTINUE);
      }
    }
  }

  /** TransactionManager.requestIdempotentEpochBumpForPartition. */
  requestEpochBump(entry: PartitionSequences): void {
    if (!this.#toRenumber.includes(entry)) this.#toRenumber.push(entry);
  }

  /** TransactionManager.bumpIdempotentProducerEpoch: no request is needed, as nobody else has the producer id. */
  bumpEpochIfRequested(): void {
    if (this.#toRenumber.length === 0) return;
    const producer = this.#producer;
    const { producerId, producerEpoch } = producer.identity;
    if (producerEpoch === MAX_PRODUCER_EPOCH) producer.forgetIdentity();
    else if (producerId !== NO_PRODUCER_ID)
      producer.identity = { producerId, producerEpoch: producerEpoch + 1 };
    for (const entry of this.#toRenumber.splice(0)) entry.startAtBeginning(producer.identity);
  }

  /** Batches that were renumbered while there was no identity get this one. */
  identityObtained(identity: ProducerIdentity): void {
    for (const entry of this.partitions) {
      if (sameIdentity(entry.identity, NO_IDENTITY)) entry.startAtBeginning(identity);
    }
  }

  /** A new epoch of a transactional producer starts every partition at 0 (TransactionManager.resetSequenceNumbers). */
  resetSequences(identity: ProducerIdentity): void {
    for (const entry of this.partitions) entry.reset(identity);
  }

  #complete(batch: Batch): void {
    batch.completed = true;
    this.#incomplete.splice(this.#incomplete.indexOf(batch), 1);
    if (this.#incomplete.length > 0) return;
    this.#cancelExpiry?.();
    this.#cancelExpiry = null;
  }

  #armExpiry(): void {
    const oldest = this.#incomplete[0];
    if (oldest === undefined) return;
    const { clock, timers } = this.#producer.ports;
    const delayMs = Math.max(0, oldest.deadlineMs - clock.nowMs());
    this.#cancelExpiry = timers.after(delayMs, () => {
      this.#cancelExpiry = null;
      this.#expire();
      this.#armExpiry();
      this.#producer.run();
    });
  }

  /** Sender.getExpiredInflightBatches and RecordAccumulator.expiredBatches. */
  #expire(): void {
    const now = this.#producer.ports.clock.nowMs();
    for (const batch of this.#incomplete.slice()) {
      if (batch.deadlineMs > now) return;
      this.fail(batch, DELIVERY_TIMED_OUT);
    }
  }
}

/** `fail` decides kind and outcome. */
const DELIVERY_TIMED_OUT: ClientError = {
  kind: 'record-failed',
  errorCode: null,
  message: 'delivery.timeout.ms passed without an acknowledgement of the record',
  outcome: 'unknown',
};

const UNSAFE_TO_CONTINUE: ClientError = {
  kind: 'fatal',
  errorCode: null,
  message:
    'sent records were never acknowledged and the epoch cannot be bumped: it is not safe to continue',
  outcome: 'failed',
};
