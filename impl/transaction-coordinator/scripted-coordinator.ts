/**
 * A coordinator on ports that a test drives by hand: a clock that moves when told, a log that replicates when told,
 * markers that are answered when told.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, ProducerId, TopicPartition } from '../../protocol/ids.ts';
import { NO_IDENTITY } from '../../protocol/ids.ts';
import type { TxnMarker } from '../../protocol/messages/write-txn-markers.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionLogRecord, TransactionLogValue } from '../../protocol/transaction-log.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { partitionFor } from '../ports.ts';
import type { CoordinatorConfig } from './config.ts';
import type { CoordinatorDecisions } from './decisions.ts';
import { DECISIONS } from './decisions.ts';
import type { CoordinatorHandlers } from './handlers.ts';
import { HANDLERS } from './handlers.ts';
import type { CoordinatorApi } from './transaction-coordinator.ts';
import type { TransactionMetadata } from './transaction-metadata.ts';
import { TransactionCoordinator } from './transaction-coordinator.ts';

export const ID = 'orders';
const PARTITIONS = 4;
export const ID_PARTITION = partitionFor(ID, PARTITIONS);

interface Timer {
  readonly atMs: number;
  readonly callback: () => void;
}

export interface SentMarkers {
  readonly broker: BrokerId;
  readonly markers: readonly TxnMarker[];
  /** Every partition of every marker gets the code, or its own; null: the connection closes. */
  readonly answer: (
    errorCode: ErrorCode | Readonly<Record<TopicPartition, ErrorCode>> | null,
  ) => void;
}

export interface BenchOptions {
  readonly transactionVersion?: TransactionVersion;
  readonly config?: Partial<CoordinatorConfig>;
  readonly decisions?: Partial<CoordinatorDecisions>;
  readonly handlers?: Partial<CoordinatorHandlers>;
  /** What the log held before; the coordinator is elected at epoch 1 and loaded. */
  readonly log?: readonly TransactionLogRecord[];
  /** False: replicate by hand, with `replicate`. */
  readonly replicatesAtOnce?: boolean;
}

export class Bench {
  nowMs = 1_000;
  #timers: Timer[] = [];
  readonly log: TransactionLogRecord[];
  #waiting: ((errorCode: ErrorCode) => void)[] = [];
  replicatesAtOnce: boolean;
  sent: SentMarkers[] = [];
  /** `a-0` is led by broker 1, `b-0` by 2, `c-0` by 3; absent: no leader. */
  readonly leaders = new Map<TopicPartition, BrokerId>([
    ['a-0', 1],
    ['b-0', 2],
    ['c-0', 3],
    ['__consumer_offsets-0', 4],
  ]);
  readonly dead = new Set<BrokerId>();
  nextBlock: ProducerId | null = 7;
  readonly coordinator: TransactionCoordinator;

  constructor(options: BenchOptions = {}) {
    this.log = [...(options.log ?? [])];
    this.replicatesAtOnce = options.replicatesAtOnce ?? true;
    this.coordinator = new TransactionCoordinator({
      config: options.config ?? {},
      ports: this.#ports(options.transactionVersion ?? 2),
      decisions: { ...DECISIONS, ...options.decisions },
      handlers: { ...HANDLERS, ...options.handlers },
    });
    for (let partition = 0; partition < PARTITIONS; partition += 1) {
      this.coordinator.onElection(partition, 1);
    }
    this.advance(0);
  }

  #ports(transactionVersion: TransactionVersion) {
    return {
      clock: { nowMs: () => this.nowMs },
      timers: {
        after: (delayMs: number, callback: () => void) => {
          const timer = { atMs: this.nowMs + delayMs, callback };
          this.#timers.push(timer);
          return () => {
            this.#timers = this.#timers.filter((each) => each !== timer);
          };
        },
      },
      outbound: {
        call: (
          broker: BrokerId,
          request: RequestOf<never>,
          _timeoutMs: number,
          done: (response: never) => void,
        ) => {
          this.#capture(broker, request as RequestOf<'WriteTxnMarkers'>, done as never);
        },
      },
      metadata: {
        leaderOf: (partition: TopicPartition) => this.leaders.get(partition) ?? null,
        isAlive: (broker: BrokerId) => !this.dead.has(broker),
        transactionStatePartitions: PARTITIONS,
        consumerOffsetsPartitions: 1,
        transactionVersion,
      },
      log: {
        read: (partition: number) =>
          this.log.filter(({ key }) => partitionFor(key.transactionalId, PARTITIONS) === partition),
        append: (
          _partition: number,
          _coordinatorEpoch: number,
          record: TransactionLogRecord,
          done: (errorCode: ErrorCode) => void,
        ) => {
          this.log.push(record);
          this.#waiting.push(done);
        },
      },
      producerIds: {
        allocate: (done: (firstProducerId: ProducerId | null) => void) => {
          const block = this.nextBlock;
          if (this.nextBlock !== null) this.nextBlock += 1_000;
          done(block);
        },
      },
    };
  }

  #capture(
    broker: BrokerId,
    request: RequestOf<'WriteTxnMarkers'>,
    done: (response: ResponseOf<'WriteTxnMarkers'> | null) => void,
  ): void {
    const { markers } = request.body;
    this.sent.push({
      broker,
      markers,
      answer: (errorCode) => {
        this.sent = this.sent.filter((each) => each.markers !== markers);
        const answers = () =>
          markers.map(({ producerId, partitions }) => ({
            producerId,
            partitions: partitions.map((partition) => ({
              partition,
              errorCode: typeof errorCode === 'string' ? errorCode : errorCode![partition]!,
            })),
          }));
        done(errorCode === null ? null : { markers: answers() });
        if (this.replicatesAtOnce) this.replicate();
      },
    });
  }

  /** Ends every append that waits, in order, and those that this causes. */
  replicate(errorCode: ErrorCode = 'NONE'): void {
    while (this.#waiting.length > 0) this.#waiting.shift()!(errorCode);
  }

  /** Ends the oldest append that waits. */
  replicateOne(errorCode: ErrorCode = 'NONE'): void {
    this.#waiting.shift()!(errorCode);
  }

  /** Moves the clock and runs what is due, in order of time. */
  advance(byMs: number): void {
    const untilMs = this.nowMs + byMs;
    for (;;) {
      const due = this.#timers
        .filter(({ atMs }) => atMs <= untilMs)
        .toSorted((one, other) => one.atMs - other.atMs)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.callback();
      if (this.replicatesAtOnce) this.replicate();
    }
    this.nowMs = untilMs;
  }

  /** Answers every marker in flight, and those that this causes, with the code. */
  answerMarkers(errorCode: ErrorCode | null = 'NONE'): void {
    for (const sent of this.sent.slice()) sent.answer(errorCode);
  }

  /** Sends a request; undefined until it is answered. */
  ask<Api extends CoordinatorApi>(request: RequestOf<Api>): { answer?: ResponseOf<Api> } {
    const asked: { answer?: ResponseOf<Api> } = {};
    this.coordinator.handle(request, (response) => {
      if (asked.answer !== undefined) throw new Error(`${request.api} was answered twice`);
      asked.answer = response;
    });
    if (this.replicatesAtOnce) this.replicate();
    return asked;
  }

  init(
    expected: readonly [ProducerId, number] = [NO_IDENTITY.producerId, NO_IDENTITY.producerEpoch],
    apiVersion = 5,
    more: Partial<RequestOf<'InitProducerId'>['body']> = {},
  ): string {
    const body = {
      transactionalId: ID,
      transactionTimeoutMs: 60_000,
      producerId: expected[0],
      producerEpoch: expected[1],
      enable2Pc: false,
      keepPreparedTxn: false,
      ...more,
    };
    return identityText(this.ask({ api: 'InitProducerId', apiVersion, body }).answer);
  }

  /** By a leader (TV2) from version 4 on. The code of each partition, or of the request as a whole. */
  add(
    identity: readonly [ProducerId, number],
    partitions: readonly TopicPartition[],
    apiVersion = 5,
    verifyOnly = false,
  ): string {
    const transaction = {
      transactionalId: ID,
      producerId: identity[0],
      producerEpoch: identity[1],
      verifyOnly,
      partitions,
    };
    const { answer } = this.ask({
      api: 'AddPartitionsToTxn',
      apiVersion,
      body: { transactions: [transaction] },
    });
    if (answer === undefined) return 'pending';
    if (answer.errorCode !== 'NONE') return `request ${answer.errorCode}`;
    return answer.results[0]!.partitions.map(({ errorCode }) => errorCode).join(' ');
  }

  end(identity: readonly [ProducerId, number], result: 'COMMIT' | 'ABORT', apiVersion = 5): string {
    const body = {
      transactionalId: ID,
      producerId: identity[0],
      producerEpoch: identity[1],
      committed: result === 'COMMIT',
    };
    return identityText(this.ask({ api: 'EndTxn', apiVersion, body }).answer);
  }

  /** The cached metadata of `ID`, to arrange a state by hand. */
  get metadata(): TransactionMetadata {
    return this.coordinator.state.ownerOf(ID)!.transactions.get(ID)!;
  }

  /** The log, one text a record: `PrepareCommit (7,1) a-0 b-0`. */
  logged(): readonly string[] {
    return this.log.map(({ value }) => (value === null ? 'tombstone' : recordText(value)));
  }

  /** The cache: `PrepareCommit (7,1) last 0 pending CompleteCommit`. */
  cached(): string {
    const snapshot = this.coordinator.snapshot(ID);
    if (snapshot === null) return 'absent';
    const pending = snapshot.pendingState === null ? '' : ` pending ${snapshot.pendingState}`;
    return (
      `${snapshot.state} (${snapshot.producerId},${snapshot.producerEpoch})` +
      ` last ${snapshot.lastProducerEpoch}${pending}`
    );
  }

  /** Markers in flight: `1: COMMIT (7,1) tv2 epoch 1 a-0`. */
  marking(): readonly string[] {
    return this.sent.flatMap(({ broker, markers }) =>
      markers.map(
        (marker) =>
          `${broker}: ${marker.result} (${marker.producerId},${marker.producerEpoch})` +
          ` tv${marker.transactionVersion} epoch ${marker.coordinatorEpoch} ${marker.partitions.join(' ')}`,
      ),
    );
  }
}

function identityText(
  answer: { errorCode: ErrorCode; producerId: number; producerEpoch: number } | undefined,
): string {
  if (answer === undefined) return 'pending';
  return answer.errorCode === 'NONE'
    ? `NONE (${answer.producerId},${answer.producerEpoch})`
    : answer.errorCode;
}

function recordText(value: TransactionLogValue): string {
  const next = value.nextProducerId === -1 ? '' : ` next ${value.nextProducerId}`;
  const partitions =
    value.transactionPartitions?.map((partition) => ` ${partition}`).join('') ?? '';
  return `${value.transactionStatus} (${value.producerId},${value.producerEpoch})${next}${partitions}`;
}

/** A record of `ID` in the log, (7, 0) Empty of a TV2 cluster unless told otherwise. */
export function record(value: Partial<TransactionLogValue>): TransactionLogRecord {
  const status = value.transactionStatus ?? 'Empty';
  return {
    key: { transactionalId: ID },
    value: {
      producerId: 7,
      producerEpoch: 0,
      transactionTimeoutMs: 60_000,
      transactionStatus: status,
      transactionPartitions: status === 'Empty' ? null : [],
      transactionLastUpdateTimestampMs: 500,
      transactionStartTimestampMs: status === 'Empty' ? -1 : 500,
      previousProducerId: -1,
      nextProducerId: -1,
      clientTransactionVersion: 2,
      ...value,
    },
  };
}
