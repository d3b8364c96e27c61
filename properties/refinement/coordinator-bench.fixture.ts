/**
 * Drives one real transaction coordinator directly, with every answer of the outside world chosen by the caller, and
 * the specification beside it: append errors, refused markers, resignations, expirations and exhausted epochs, which
 * whole-cluster scenarios hardly reach. An action that makes no sense at its turn does nothing.
 */

import { TransactionCoordinator } from '../../impl/transaction-coordinator/transaction-coordinator.ts';
import type { CoordinatorPorts } from '../../impl/transaction-coordinator/transaction-coordinator.ts';
import type { CoordinatorRequest, CoordinatorResponse } from '../../impl/simulation/observer.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, ProducerId, TopicPartition } from '../../protocol/ids.ts';
import { NO_IDENTITY } from '../../protocol/ids.ts';
import type { ApiName, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { TransactionLogRecord, TransactionLogValue } from '../../protocol/transaction-log.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { CoordinatorLockStep } from './coordinator-lock-step.ts';

const ID = 'A';
const PARTITION = 0;
const PARTITION_NAMES = ['a-0', 'b-0', 'c-0'] as const;
/** One partition has a broker of its own, so that its markers travel apart. */
function leaderOf(partition: TopicPartition): BrokerId {
  return partition === 'c-0' ? 3 : 2;
}

export const IDENTITIES = [
  'current',
  'before',
  'after',
  'previous-id',
  'none',
  'pending',
  'other',
] as const;

export type Identity = (typeof IDENTITIES)[number];

export type Action =
  | { readonly do: 'init'; readonly identity: Identity; readonly apiVersion: number }
  | {
      readonly do: 'add' | 'verify';
      readonly identity: Identity;
      readonly apiVersion: number;
      readonly partitions: number;
    }
  | { readonly do: 'add-offsets'; readonly identity: Identity }
  | {
      readonly do: 'end';
      readonly identity: Identity;
      readonly apiVersion: number;
      readonly committed: boolean;
    }
  | { readonly do: 'append'; readonly errorCode: ErrorCode; readonly written: boolean }
  | { readonly do: 'markers'; readonly errorCode: ErrorCode | null }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'allocate' }
  | { readonly do: 'crash'; readonly written: boolean }
  | { readonly do: 'resign' }
  | { readonly do: 'elect' };

interface Timer {
  readonly dueMs: number;
  callback: (() => void) | null;
}

interface PendingAppend {
  readonly record: TransactionLogRecord;
  readonly done: (errorCode: ErrorCode) => void;
}

interface PendingMarkers {
  readonly broker: BrokerId;
  readonly request: RequestOf<'WriteTxnMarkers'>;
  readonly done: (response: ResponseOf<'WriteTxnMarkers'> | null) => void;
}

export class CoordinatorBench {
  readonly lockStep: CoordinatorLockStep;
  readonly #transactionVersion: TransactionVersion;
  #coordinator: TransactionCoordinator | null = null;
  #nowMs = 0;
  #epoch = 0;
  #isLeader = false;
  #nextBlock: ProducerId = 1_000;
  /** What a load reads; an append under way is in it unless it is lost. */
  #log: TransactionLogRecord[];
  #timers: Timer[] = [];
  #appends: PendingAppend[] = [];
  #markers: PendingMarkers[] = [];
  #allocations: ((first: ProducerId | null) => void)[] = [];

  constructor(transactionVersion: TransactionVersion, log: readonly TransactionLogRecord[] = []) {
    this.#transactionVersion = transactionVersion;
    this.#log = [...log];
    const metadata = {
      transactionStatePartitions: 1,
      consumerOffsetsPartitions: 1,
      leaderOf,
    };
    const bench = (): CoordinatorBench => this;
    const coordinator = {
      get coordinator(): TransactionCoordinator | null {
        return bench().#coordinator;
      },
      log: () => ({ entries: bench().#log }),
    };
    const cluster = { metadata, coordinator };
    this.lockStep = new CoordinatorLockStep({ transactionVersion, cluster: () => cluster });
    this.#start();
    this.#elect();
  }

  take(action: Action): void {
    switch (action.do) {
      case 'append':
        return this.#completeAppend(action.errorCode, action.written);
      case 'markers':
        return this.#answerMarkers(action.errorCode);
      case 'advance':
        return this.#advance(action.ms);
      case 'allocate':
        return this.#allocate();
      case 'crash':
        return this.#crash(action.written);
      case 'resign':
        return this.#resign();
      case 'elect':
        return this.#elect();
      default:
        return this.#request(this.#requestOf(action));
    }
  }

  #start(): void {
    this.#coordinator = new TransactionCoordinator({
      config: { transactionalIdExpirationMs: 100_000, removeExpiredIntervalMs: 50_000 },
      ports: this.#ports(),
    });
    this.#coordinator.start();
  }

  #ports(): CoordinatorPorts {
    return {
      clock: { nowMs: () => this.#nowMs },
      timers: {
        after: (delayMs, callback) => {
          const timer: Timer = { dueMs: this.#nowMs + delayMs, callback };
          this.#timers.push(timer);
          return () => {
            timer.callback = null;
          };
        },
      },
      outbound: {
        call: <Api extends ApiName>(
          broker: BrokerId,
          request: RequestOf<Api>,
          _timeoutMs: number,
          done: (response: ResponseOf<Api> | null) => void,
        ) => {
          const markers = { broker, request, done } as unknown as PendingMarkers;
          this.lockStep.markersSent(broker, markers.request);
          this.#markers.push(markers);
        },
      },
      metadata: {
        leaderOf,
        isAlive: () => true,
        transactionStatePartitions: 1,
        consumerOffsetsPartitions: 1,
        transactionVersion: this.#transactionVersion,
      },
      log: {
        read: (partition) => {
          this.lockStep.logRead(partition);
          return this.#log;
        },
        append: (partition, coordinatorEpoch, record, done) => {
          this.lockStep.appended(partition, coordinatorEpoch, record);
          this.#log.push(record);
          this.#appends.push({ record, done });
        },
      },
      producerIds: { allocate: (done) => void this.#allocations.push(done) },
    };
  }

  #request(request: CoordinatorRequest): void {
    const coordinator = this.#coordinator!;
    this.lockStep.requestDelivered(request);
    const reply = (response: CoordinatorResponse): void => {
      if (this.#coordinator === coordinator) this.lockStep.replied(request, response);
    };
    coordinator.handle(
      request as RequestOf<'EndTxn'>,
      reply as (response: ResponseOf<'EndTxn'>) => void,
    );
    this.lockStep.stepEnded();
  }

  #requestOf(
    action: Extract<Action, { readonly do: 'init' | 'add' | 'verify' | 'add-offsets' | 'end' }>,
  ): CoordinatorRequest {
    const { producerId, producerEpoch } = this.#identity(action.identity);
    const who = { transactionalId: ID, producerId, producerEpoch };
    switch (action.do) {
      case 'init': {
        const twoPhase = { enable2Pc: false, keepPreparedTxn: false };
        const body = { ...who, ...twoPhase, transactionTimeoutMs: 60_000 };
        return { api: 'InitProducerId', apiVersion: action.apiVersion, body };
      }
      case 'end': {
        const body = { ...who, committed: action.committed };
        return { api: 'EndTxn', apiVersion: action.apiVersion, body };
      }
      case 'add-offsets':
        return { api: 'AddOffsetsToTxn', apiVersion: 3, body: { ...who, groupId: 'group' } };
      case 'add':
      case 'verify': {
        const partitions = PARTITION_NAMES.filter((_, index) => (action.partitions >> index) & 1);
        const transaction = { ...who, verifyOnly: action.do === 'verify', partitions };
        const body = { transactions: [transaction] };
        return { api: 'AddPartitionsToTxn', apiVersion: action.apiVersion, body };
      }
    }
  }

  #identity(identity: Identity): {
    readonly producerId: ProducerId;
    readonly producerEpoch: number;
  } {
    const snapshot = this.#coordinator!.snapshot(ID);
    // Nobody was ever told the identity of metadata whose first append failed.
    const isNone = snapshot === null || snapshot.producerEpoch < 0 || identity === 'none';
    if (isNone) return NO_IDENTITY;
    const { producerId, producerEpoch, previousProducerId, nextProducerId } = snapshot;
    switch (identity) {
      case 'current':
        return { producerId, producerEpoch };
      case 'before':
        return { producerId, producerEpoch: Math.max(producerEpoch - 1, 0) };
      case 'after':
        return { producerId, producerEpoch: producerEpoch + 1 };
      case 'previous-id':
        return { producerId: previousProducerId, producerEpoch: 32_766 };
      case 'pending':
        return { producerId: nextProducerId, producerEpoch: 0 };
      case 'other':
        return { producerId: producerId + 500, producerEpoch };
    }
  }

  #completeAppend(errorCode: ErrorCode, written: boolean): void {
    const append = this.#appends.shift();
    if (append === undefined) return;
    if (errorCode !== 'NONE' && !written)
      this.#log = this.#log.filter((record) => record !== append.record);
    this.lockStep.appendCompleted(PARTITION, append.record, errorCode);
    append.done(errorCode);
    this.lockStep.stepEnded();
  }

  #answerMarkers(errorCode: ErrorCode | null): void {
    const call = this.#markers.shift();
    if (call === undefined) return;
    const response =
      errorCode === null
        ? null
        : {
            markers: call.request.body.markers.map(({ producerId, partitions }) => ({
              producerId,
              partitions: partitions.map((partition, index) => ({
                partition,
                errorCode: index === 0 ? errorCode : 'NONE',
              })),
            })),
          };
    this.lockStep.markersAnswered(call.broker, call.request, response);
    call.done(response);
    this.lockStep.stepEnded();
  }

  #advance(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (;;) {
      this.#timers = this.#timers.filter(({ callback }) => callback !== null);
      const due = this.#timers.reduce<Timer | null>(
        (first, timer) =>
          timer.dueMs <= untilMs && (first === null || timer.dueMs < first.dueMs) ? timer : first,
        null,
      );
      if (due === null) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#nowMs = Math.max(this.#nowMs, due.dueMs);
      this.lockStep.timerFired();
      due.callback!();
      this.lockStep.stepEnded();
    }
    this.#nowMs = untilMs;
  }

  #allocate(): void {
    const done = this.#allocations.shift();
    if (done === undefined) return;
    this.lockStep.producerIdsAllocated(this.#nextBlock);
    done(this.#nextBlock);
    this.#nextBlock += 1_000;
    this.lockStep.stepEnded();
  }

  #crash(written: boolean): void {
    this.#coordinator = null;
    if (!written) {
      const lost = new Set(this.#appends.map(({ record }) => record));
      this.#log = this.#log.filter((record) => !lost.has(record));
    }
    this.#appends = [];
    this.#markers = [];
    this.#allocations = [];
    this.#timers = [];
    this.#isLeader = false;
    this.lockStep.crashed();
    this.#start();
  }

  #resign(): void {
    if (!this.#isLeader) return;
    this.#isLeader = false;
    this.lockStep.resigned(PARTITION);
    this.#coordinator!.onResignation(PARTITION, this.#epoch + 1);
    for (const { done } of this.#appends.splice(0)) done('NOT_LEADER_OR_FOLLOWER');
    this.lockStep.stepEnded();
  }

  #elect(): void {
    if (this.#isLeader) return;
    this.#isLeader = true;
    this.#epoch += 1;
    this.lockStep.elected(PARTITION, this.#epoch);
    this.#coordinator!.onElection(PARTITION, this.#epoch);
  }
}

/** A record of the id, for a log to begin with. */
export function recordOf(value: Partial<TransactionLogValue>): TransactionLogRecord {
  return {
    key: { transactionalId: ID },
    value: {
      producerId: 7,
      producerEpoch: 0,
      transactionTimeoutMs: 60_000,
      transactionStatus: 'Empty',
      transactionPartitions: null,
      transactionLastUpdateTimestampMs: 0,
      transactionStartTimestampMs: -1,
      previousProducerId: -1,
      nextProducerId: -1,
      clientTransactionVersion: 0,
      ...value,
    },
  };
}
