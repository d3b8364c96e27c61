/**
 * Drives the leader of one partition directly, with every message and every answer of the coordinator chosen by the
 * caller, and the specification beside it: impostors, gaps, old duplicates, markers of any epoch and refusals of any
 * kind, which lawful clients and coordinators hardly show. An action that makes no sense at its turn does nothing.
 */

import { DataBroker } from '../../impl/simulation/data-broker.ts';
import {
  Endpoint,
  type Message,
  type MessageFaults,
  Network,
} from '../../impl/simulation/network.ts';
import type { Server } from '../../impl/simulation/network.ts';
import { SimulationObserver } from '../../impl/simulation/observer.ts';
import { componentsWith, type Overrides } from '../../impl/simulation/overrides.ts';
import { Scheduler } from '../../impl/simulation/scheduler.ts';
import type { IsolationLevel } from '../../protocol/messages/fetch.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { Request, RequestOf, Response } from '../../protocol/messages/rpc.ts';
import type { TransactionResult } from '../../protocol/states.ts';
import { LeaderLockStep } from './leader-lock-step.ts';
import type { LeaderCounter } from './leader-tables.ts';
import { NO_APPEND_FAULTS } from '../../impl/simulation/world.ts';

const COORDINATOR = 1;
const LEADER = 2;
const PARTITION = 'a-0';
const NO_FAULTS: MessageFaults = {
  onRequest: () => 'deliver',
  onResponse: () => 'deliver',
  onCopy: () => undefined,
  onDelivered: () => undefined,
};

/** Producer 0 and 1 are transactional, 2 is idempotent. */
export type BenchProducer = 0 | 1 | 2;

export type LeaderAction =
  | {
      readonly do: 'produce';
      readonly producer: BenchProducer;
      readonly epoch: number;
      readonly sequence: number;
      readonly apiVersion: number;
    }
  | {
      readonly do: 'marker';
      readonly producer: 0 | 1;
      readonly epoch: number;
      readonly coordinatorEpoch: number;
      readonly result: TransactionResult;
      readonly transactionVersion: 0 | 2;
    }
  | { readonly do: 'answer'; readonly errorCode: ErrorCode }
  /** The reader asks for the end as well. */
  | { readonly do: 'fetch'; readonly offset: number; readonly committed: boolean }
  /** One task of the scheduler: a flush, a delivery. */
  | { readonly do: 'run' }
  | { readonly do: 'advance'; readonly ms: number }
  | { readonly do: 'coordinator-down' }
  | { readonly do: 'coordinator-up' }
  | { readonly do: 'crash' };

interface Question {
  readonly request: RequestOf<'AddPartitionsToTxn'>;
  readonly reply: (response: Response) => void;
}

/** Keeps every question until the caller answers it. */
class ScriptedCoordinator implements Server {
  isAlive = true;
  incarnation = 0;
  questions: Question[] = [];

  receive({ request }: Message, reply: (response: Response) => void): void {
    this.questions.push({ request: request as RequestOf<'AddPartitionsToTxn'>, reply });
  }
}

interface BenchOptions {
  readonly overrides?: Overrides;
  readonly counter?: LeaderCounter;
}

export class LeaderBench {
  readonly lockStep: LeaderLockStep;
  readonly #scheduler = new Scheduler([]);
  readonly #coordinator = new ScriptedCoordinator();
  readonly #network: Network;
  readonly #broker: DataBroker;
  readonly #client: Endpoint;
  #deliveries = 0;

  constructor(partitionVerification: boolean, { overrides = {}, counter }: BenchOptions = {}) {
    const observer = new SimulationObserver();
    const servers = new Map<number, Server>([[COORDINATOR, this.#coordinator]]);
    const scheduler = this.#scheduler;
    this.#network = new Network({ scheduler, servers, faults: NO_FAULTS, observer });
    this.#client = new Endpoint('client', this.#network);
    const metadata = {
      leaderOf: (partition: string) => (partition === PARTITION ? LEADER : COORDINATOR),
      isAlive: () => this.#coordinator.isAlive,
      transactionStatePartitions: 1,
      consumerOffsetsPartitions: 1,
      transactionVersion: 2,
    } as const;
    this.lockStep = new LeaderLockStep({
      partition: PARTITION,
      partitionVerification,
      metadata: () => metadata,
      leader: () => this.#broker.leader,
      ...(counter !== undefined && { counter }),
    });
    this.#broker = new DataBroker({
      id: LEADER,
      partition: PARTITION,
      partitionVerification,
      world: {
        components: componentsWith(overrides),
        scheduler,
        network: this.#network,
        metadata,
        appendFaults: NO_APPEND_FAULTS,
        observer,
      },
      leaderObserver: this.lockStep,
    });
    servers.set(LEADER, this.#broker);
    this.#broker.start();
  }

  take(action: LeaderAction): void {
    switch (action.do) {
      case 'run':
        this.#scheduler.runOne();
        return;
      case 'advance': {
        const limitMs = this.#scheduler.nowMs() + action.ms;
        while (this.#scheduler.fireNextTimer(limitMs));
        this.#scheduler.passTime(limitMs);
        return;
      }
      case 'answer':
        return this.#answer(action.errorCode);
      case 'coordinator-down':
        this.#coordinator.isAlive = false;
        this.#coordinator.questions = [];
        this.#network.disconnectServer(COORDINATOR, [this.#broker.endpoint]);
        return;
      case 'coordinator-up':
        if (this.#coordinator.isAlive) return;
        this.#coordinator.isAlive = true;
        this.#coordinator.incarnation += 1;
        return;
      case 'crash':
        this.#broker.crash();
        this.#broker.start();
        return;
      case 'fetch':
        this.#deliver(requestOf(action));
        return this.#deliver(latestOffsetRequest(action.committed));
      default:
        return this.#deliver(requestOf(action));
    }
  }

  #deliver(request: Request): void {
    const message = {
      id: this.#deliveries,
      sender: this.#client,
      broker: LEADER,
      request,
      response: null,
    };
    this.#deliveries += 1;
    this.#broker.receive(message, () => undefined);
  }

  #answer(errorCode: ErrorCode): void {
    const question = this.#coordinator.questions.shift();
    if (question === undefined) return;
    const { transactions } = question.request.body;
    question.reply({
      errorCode: 'NONE',
      results: transactions.map(({ transactionalId, partitions }) => ({
        transactionalId,
        partitions: partitions.map((partition) => ({ partition, errorCode })),
      })),
    });
  }
}

function requestOf(
  action: Extract<LeaderAction, { readonly do: 'produce' | 'marker' | 'fetch' }>,
): Request {
  switch (action.do) {
    case 'produce': {
      const { producer, epoch, sequence, apiVersion } = action;
      const transactional = producer !== 2;
      const batch = {
        producerId: producer,
        producerEpoch: epoch,
        baseSequence: sequence,
        transactional,
        control: false,
        records: [{ key: null, value: 'value' }],
      };
      const transactionalId = transactional ? `transactional-${producer}` : null;
      const partitions = [{ partition: PARTITION, batch }];
      const body = { transactionalId, acks: -1, timeoutMs: 30_000, partitions } as const;
      return { api: 'Produce', apiVersion, body };
    }
    case 'marker': {
      const { producer, epoch, coordinatorEpoch, result, transactionVersion } = action;
      const identity = { producerId: producer, producerEpoch: epoch };
      const marker = {
        ...identity,
        result,
        coordinatorEpoch,
        transactionVersion,
        partitions: [PARTITION],
      };
      return { api: 'WriteTxnMarkers', apiVersion: 2, body: { markers: [marker] } };
    }
    case 'fetch': {
      const isolationLevel = isolationOf(action.committed);
      const partitions = [{ partition: PARTITION, fetchOffset: action.offset, maxBatches: 4 }];
      return { api: 'Fetch', apiVersion: 12, body: { isolationLevel, partitions } };
    }
  }
}

function latestOffsetRequest(committed: boolean): Request {
  const partitions = [{ partition: PARTITION, timestamp: 'LATEST' }] as const;
  const body = { isolationLevel: isolationOf(committed), partitions };
  return { api: 'ListOffsets', apiVersion: 7, body };
}

function isolationOf(committed: boolean): IsolationLevel {
  return committed ? 'read_committed' : 'read_uncommitted';
}
