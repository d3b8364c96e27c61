/**
 * A history of any length, made up without running anything, so that a benchmark measures its reader alone: eight
 * transactional producers, readers of both isolation levels that follow them, aborts, crashes, zombies, requests that
 * went unanswered and were sent again, and final reads. Nothing in it violates a claim.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type { HistoryEvent } from '../reports/evidence/history.ts';

const PRODUCERS = 8;
const PARTITIONS = 6;
/** One transaction in so many is aborted, is cut short by a newer instance, or sends a request twice. */
const ABORT_EVERY = 10;
const SUPERSEDED_EVERY = 499;
const RETRY_EVERY = 49;
/** Transactions between polls. */
const POLL_EVERY = 12;
const FINAL_POLL_OFFSETS = 500;

const ISOLATIONS = ['read_committed', 'read_uncommitted'] as const;

interface Log {
  readonly partition: string;
  /** By offset; null: a control record. */
  readonly values: (string | null)[];
  readonly aborted: Set<string>;
  /** Where each isolation level was read to. */
  readonly positions: [number, number];
}

interface Producer {
  readonly name: string;
  readonly producerId: number;
  instance: number;
  epoch: number;
  transaction: number;
}

export class HistoryGenerator {
  readonly #emit: (event: HistoryEvent) => void;
  readonly #attempts: boolean;
  readonly #logs: readonly Log[];
  readonly #producers: readonly Producer[];
  #time = 0;
  #op = 0;
  #request = 0;
  #value = 0;

  /** `attempts`: with every request and response on the wire. */
  constructor(emit: (event: HistoryEvent) => void, attempts: boolean) {
    this.#emit = emit;
    this.#attempts = attempts;
    this.#logs = Array.from({ length: PARTITIONS }, (_, index) => ({
      partition: `orders-${index}`,
      values: [],
      aborted: new Set<string>(),
      positions: [0, 0],
    }));
    this.#producers = Array.from({ length: PRODUCERS }, (_, index) => ({
      name: `shop-${index}`,
      producerId: 1000 + index,
      instance: 0,
      epoch: -1,
      transaction: 0,
    }));
  }

  /** Makes at least so many calls; returns how many. */
  generate(operations: number): number {
    for (const producer of this.#producers) this.#start(producer);
    for (let ordinal = 1; this.#op < operations; ordinal += 1) {
      this.#transaction(this.#producers[ordinal % PRODUCERS]!, ordinal);
      if (ordinal % POLL_EVERY === 0) for (const log of this.#logs) this.#poll(log, false);
    }
    for (const log of this.#logs) log.positions.fill(0);
    for (const log of this.#logs)
      while (log.positions[0] < log.values.length) this.#poll(log, true);
    return this.#op;
  }

  #start(producer: Producer): void {
    producer.instance += 1;
    producer.epoch += 1;
    producer.transaction = 0;
    const { name, producerId, epoch } = producer;
    const process = processOf(producer);
    const op = this.#op++;
    this.#emit({
      type: 'invoke',
      time: this.#time,
      process,
      op,
      call: 'init',
      transactionalId: name,
    });
    this.#attempt(producer, 'InitProducerId');
    this.#emit({ type: 'ok', time: ++this.#time, process, op, producerId, producerEpoch: epoch });
  }

  /** One record to each partition, then the end, and its markers. */
  #transaction(producer: Producer, ordinal: number): void {
    producer.transaction += 1;
    this.#call(producer, 'begin');
    const values = this.#send(producer, ordinal % RETRY_EVERY === 0);
    const isSuperseded = ordinal % SUPERSEDED_EVERY === 0;
    const isAborted = isSuperseded || ordinal % ABORT_EVERY === 0;
    if (isSuperseded) this.#supersede(producer, ordinal % 2 === 0);
    else this.#call(producer, isAborted ? 'abort' : 'commit');
    for (const [index, log] of this.#logs.entries()) {
      if (isAborted) log.aborted.add(values[index]!);
      log.values.push(null);
    }
  }

  /** A newer instance starts while the transaction is open, because the older one crashed or although it lives. */
  #supersede(producer: Producer, isCrashed: boolean): void {
    const process = processOf(producer);
    for (const log of this.#logs) this.#poll(log, false, log.values.length - 1);
    if (isCrashed) this.#emit({ type: 'crash', time: this.#time, process });
    const { instance, epoch, transaction } = producer;
    this.#start(producer);
    if (isCrashed) return;
    const zombie = { ...producer, instance, epoch, transaction };
    this.#call(zombie, 'commit', 'PRODUCER_FENCED');
  }

  #call(producer: Producer, call: 'begin' | 'commit' | 'abort', error?: 'PRODUCER_FENCED'): void {
    const process = processOf(producer);
    const op = this.#op++;
    const { transaction } = producer;
    this.#emit({ type: 'invoke', time: this.#time, process, op, call, transaction });
    if (call !== 'begin') this.#attempt(producer, 'EndTxn', error);
    const at = { time: ++this.#time, process, op };
    this.#emit(error === undefined ? { type: 'ok', ...at } : { type: 'failed', ...at, error });
  }

  #send(producer: Producer, isRetried: boolean): string[] {
    const process = processOf(producer);
    const { transaction } = producer;
    const first = this.#op;
    const values: string[] = [];
    for (const { partition } of this.#logs) {
      const value = `order-${this.#value++}`;
      values.push(value);
      const op = this.#op++;
      const at = { time: this.#time, process, op };
      this.#emit({ type: 'invoke', ...at, call: 'send', transaction, partition, value });
    }
    this.#time += 1;
    for (const [index, log] of this.#logs.entries()) {
      const baseSequence = transaction - 1;
      if (isRetried) this.#attempt(producer, 'Produce', null, log.partition, baseSequence);
      this.#attempt(producer, 'Produce', 'NONE', log.partition, baseSequence);
      const at = { time: this.#time, process, op: first + index };
      this.#emit({ type: 'ok', ...at, offset: log.values.length });
      log.values.push(values[index]!);
    }
    return values;
  }

  #attempt(
    producer: Producer,
    api: 'InitProducerId' | 'EndTxn' | 'Produce',
    errorCode: ErrorCode | null = 'NONE',
    partition?: string,
    baseSequence?: number,
  ): void {
    if (!this.#attempts) return;
    const at = { time: this.#time, process: processOf(producer), request: this.#request++ };
    const identity = { producerId: producer.producerId, producerEpoch: producer.epoch };
    const place = partition === undefined ? {} : { partition, baseSequence: baseSequence! };
    this.#emit({ type: 'request', ...at, api, apiVersion: 5, ...identity, ...place });
    this.#emit({ type: 'response', ...at, errorCode });
  }

  /** Both isolation levels read the partition on. */
  #poll(log: Log, final: boolean, lastStableOffset = log.values.length): void {
    const { partition, values, aborted, positions } = log;
    for (const [level, isolation] of ISOLATIONS.entries()) {
      const process = `reader ${isolation}${final ? ' (final)' : ''} ${partition}`;
      const op = this.#op++;
      const from = positions[level]!;
      const at = { time: this.#time, process, op };
      this.#emit({ type: 'invoke', ...at, call: 'poll', isolation, partition, from, final });
      const end = level === 0 ? lastStableOffset : values.length;
      const position = Math.min(end, from + FINAL_POLL_OFFSETS);
      const records = values.slice(from, position).flatMap((value, index) => {
        const isShown = value !== null && (level === 1 || !aborted.has(value));
        return isShown ? [{ offset: from + index, value }] : [];
      });
      positions[level] = position;
      const highWatermark = values.length;
      this.#emit({ type: 'ok', ...at, records, position, highWatermark, lastStableOffset });
    }
  }
}

function processOf({ name, instance }: Producer): string {
  return `${name}#${instance}`;
}
