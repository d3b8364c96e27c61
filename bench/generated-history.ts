/**
 * A history of any length, made up without running anything, so that a benchmark measures its reader alone: eight
 * transactional producers, of which one reads its inputs for a consumer group; readers of both isolation levels that
 * follow them, aborts, crashes, zombies, requests that went unanswered and were sent again, and the last words: final
 * reads, offsets, descriptions, probes. Nothing in it violates a claim, and with attempts every claim bites.
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

const GROUP = 'billing';
const INPUTS = 'inputs-0';

const ISOLATIONS = ['read_committed', 'read_uncommitted'] as const;

interface Log {
  readonly partition: string;
  /** By offset; null: a control record. */
  readonly values: (string | null)[];
  readonly aborted: Set<string>;
  /** Where each isolation level was read to. */
  readonly positions: [number, number];
}

interface Sent {
  readonly log: Log;
  readonly value: string;
}

interface Input {
  readonly partition: string;
  readonly offset: number;
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
  readonly #inputs: Log;
  readonly #producers: readonly Producer[];
  #generation = 0;
  /** Of the group: the next input. */
  #next = 0;
  #time = 0;
  #op = 0;
  #request = 0;
  #value = 0;

  /** `attempts`: with every request and response on the wire. */
  constructor(emit: (event: HistoryEvent) => void, attempts: boolean) {
    this.#emit = emit;
    this.#attempts = attempts;
    this.#logs = Array.from({ length: PARTITIONS }, (_, index) => emptyLog(`orders-${index}`));
    this.#inputs = emptyLog(INPUTS);
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
    const seed = { process: 'seed', op: this.#op++ };
    this.#emit({ type: 'invoke', time: 0, ...seed, call: 'init', transactionalId: null });
    this.#emit({ type: 'ok', time: 0, ...seed });
    for (const producer of this.#producers) this.#start(producer);
    for (let ordinal = 1; this.#op < operations; ordinal += 1) {
      this.#transaction(this.#producers[ordinal % PRODUCERS]!, ordinal);
      if (ordinal % POLL_EVERY === 0) for (const log of this.#logs) this.#poll(log, false);
    }
    this.#lastWords();
    return this.#op;
  }

  /** After quiescence. */
  #lastWords(): void {
    const logs = [...this.#logs, this.#inputs];
    for (const log of logs) log.positions.fill(0);
    for (const log of logs) while (log.positions[0] < log.values.length) this.#poll(log, true);
    this.#fetch('reader of offsets', true);
    for (const producer of this.#producers) {
      const { name: transactionalId } = producer;
      const at = { process: 'operator', op: this.#op++ };
      const call = 'describe-transaction';
      this.#emit({ type: 'invoke', time: this.#time, ...at, call, transactionalId });
      this.#emit({ type: 'ok', time: this.#time, ...at, state: 'CompleteCommit' });
      this.#start(producer, true);
      producer.transaction = 1;
      this.#call(producer, 'begin');
      this.#call(producer, 'commit');
    }
  }

  #start(producer: Producer, probe = false): void {
    producer.instance += 1;
    producer.epoch += 1;
    producer.transaction = 0;
    const { name: transactionalId, producerId, epoch: producerEpoch } = producer;
    const at = { process: processOf(producer), op: this.#op++ };
    const init = { ...at, call: 'init', transactionalId, ...(probe && { probe }) } as const;
    this.#emit({ type: 'invoke', time: this.#time, ...init });
    this.#attempt(producer, 'InitProducerId');
    this.#emit({ type: 'ok', time: ++this.#time, ...at, producerId, producerEpoch });
    if (!isApplication(producer) || probe) return;
    const joined = { process: at.process, op: this.#op++ };
    this.#generation += 1;
    this.#emit({ type: 'invoke', time: this.#time, ...joined, call: 'join', group: GROUP });
    const member = { generation: this.#generation, memberId: at.process };
    this.#emit({ type: 'ok', time: this.#time, ...joined, ...member });
    this.#fetch(at.process, false);
  }

  #fetch(process: string, final: boolean): void {
    const at = { process, op: this.#op++ };
    const asked = { group: GROUP, partitions: [INPUTS], requireStable: true, final };
    this.#emit({ type: 'invoke', time: this.#time, ...at, call: 'fetch-offsets', ...asked });
    const offsets = [{ partition: INPUTS, offset: this.#next === 0 ? -1 : this.#next }];
    this.#emit({ type: 'ok', time: this.#time, ...at, offsets });
  }

  /** What an application is to process next; its offset travels in the transaction. */
  #input(): Input {
    const { values } = this.#inputs;
    if (values.length === this.#next) {
      const at = { process: 'seed', op: this.#op++ };
      const value = `input-${this.#value++}`;
      const sent = { transaction: null, partition: INPUTS, value };
      this.#emit({ type: 'invoke', time: this.#time, ...at, call: 'send', ...sent });
      this.#emit({ type: 'ok', time: this.#time, ...at, offset: values.length });
      values.push(value);
    }
    return { partition: INPUTS, offset: this.#next };
  }

  #sendOffsets(producer: Producer, offset: number): void {
    const process = processOf(producer);
    const at = { process, op: this.#op++ };
    const { transaction } = producer;
    const offsets = [{ partition: INPUTS, offset }];
    const member = { group: GROUP, generation: this.#generation, memberId: process };
    const call = 'send-offsets';
    const sent = { ...at, call, transaction, ...member, offsets } as const;
    this.#emit({ type: 'invoke', time: this.#time, ...sent });
    this.#attempt(producer, 'TxnOffsetCommit');
    this.#emit({ type: 'ok', time: ++this.#time, ...at });
  }

  /** One record to each partition, then the end, and its markers. */
  #transaction(producer: Producer, ordinal: number): void {
    producer.transaction += 1;
    this.#call(producer, 'begin');
    const input = isApplication(producer) ? this.#input() : undefined;
    const isRetried = ordinal % RETRY_EVERY === 0;
    const sent = this.#send(producer, isRetried, input);
    if (input !== undefined) this.#sendOffsets(producer, input.offset + 1);
    const isSuperseded = ordinal % SUPERSEDED_EVERY === 0;
    const isAborted = isSuperseded || ordinal % ABORT_EVERY === 0;
    if (isSuperseded) this.#supersede(producer, sent, ordinal % 2 === 0);
    else this.#call(producer, isAborted ? 'abort' : 'commit', isRetried ? 'resent' : 'at once');
    if (input !== undefined && !isAborted) this.#next += 1;
    if (isAborted) for (const { log, value } of sent) log.aborted.add(value);
    for (const log of this.#logs) log.values.push(null);
  }

  /** A newer instance starts while the transaction is open, because the older one crashed or although it lives. */
  #supersede(producer: Producer, sent: readonly Sent[], isCrashed: boolean): void {
    const process = processOf(producer);
    for (const log of this.#logs) {
      const open = sent.filter((record) => record.log === log).length;
      this.#poll(log, false, log.values.length - open);
    }
    if (isCrashed) this.#emit({ type: 'crash', time: this.#time, process });
    const { instance, epoch, transaction } = producer;
    this.#start(producer);
    if (isCrashed) return;
    const zombie = { ...producer, instance, epoch, transaction };
    this.#call(zombie, 'commit', 'PRODUCER_FENCED');
    this.#emit({ type: 'crash', time: this.#time, process });
  }

  #call(
    producer: Producer,
    call: 'begin' | 'commit' | 'abort',
    answer: 'at once' | 'resent' | 'PRODUCER_FENCED' = 'at once',
  ): void {
    const process = processOf(producer);
    const op = this.#op++;
    const { transaction } = producer;
    this.#emit({ type: 'invoke', time: this.#time, process, op, call, transaction });
    const error = answer === 'PRODUCER_FENCED' ? answer : undefined;
    if (call !== 'begin') {
      if (answer === 'resent') this.#attempt(producer, 'EndTxn', null);
      this.#attempt(producer, 'EndTxn', error);
    }
    const at = { time: ++this.#time, process, op };
    this.#emit(error === undefined ? { type: 'ok', ...at } : { type: 'failed', ...at, error });
  }

  /** A record for each partition; where batches are sent again, two of them are under way to the first. */
  #send(producer: Producer, isRetried: boolean, input?: Input): readonly Sent[] {
    const process = processOf(producer);
    const { transaction } = producer;
    const first = this.#op;
    const logs = isRetried ? [this.#logs[0]!, ...this.#logs] : this.#logs;
    const sent = logs.map((log) => ({ log, value: `order-${this.#value++}` }));
    for (const { log, value } of sent) {
      const at = { time: this.#time, process, op: this.#op++ };
      const record = { transaction, partition: log.partition, value, ...(input && { input }) };
      this.#emit({ type: 'invoke', ...at, call: 'send', ...record });
    }
    this.#time += 1;
    for (const [index, { log, value }] of sent.entries()) {
      const baseSequence = 2 * transaction + index;
      if (isRetried) this.#attempt(producer, 'Produce', null, log.partition, baseSequence);
      this.#attempt(producer, 'Produce', 'NONE', log.partition, baseSequence);
      const at = { time: this.#time, process, op: first + index };
      this.#emit({ type: 'ok', ...at, offset: log.values.length });
      log.values.push(value);
    }
    return sent;
  }

  #attempt(
    producer: Producer,
    api: 'InitProducerId' | 'EndTxn' | 'Produce' | 'TxnOffsetCommit',
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

function emptyLog(partition: string): Log {
  return { partition, values: [], aborted: new Set<string>(), positions: [0, 0] };
}

function isApplication({ producerId }: Producer): boolean {
  return producerId === 1000;
}

function processOf({ name, instance }: Producer): string {
  return `${name}#${instance}`;
}
