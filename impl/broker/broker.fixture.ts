/**
 * A broker on ports that a test drives by hand. Broker 1 is the one under test and leads `a-0` and `b-0`; broker 2
 * leads `c-0` and hosts the coordinator.
 */

import type { BrokerId, TopicPartition } from '../../protocol/ids.ts';
import type {
  AddPartitionsToTxnRequest,
  AddPartitionsToTxnResponse,
} from '../../protocol/messages/add-partitions-to-txn.ts';
import type {
  ApiName,
  Request,
  RequestOf,
  Response,
  ResponseOf,
} from '../../protocol/messages/rpc.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducedBatch, StoredBatch } from '../../protocol/records.ts';
import { DurableLog } from '../log/durable-log.ts';
import { PartitionLeader } from '../partition-leader/partition-leader.ts';
import type { Outbound } from '../ports.ts';
import type { AddPartitionsPorts } from './add-partitions-manager.ts';
import type { CoordinatorEndpoint } from './broker.ts';
import { Broker } from './broker.ts';

const BROKER: BrokerId = 1;
export const COORDINATOR: BrokerId = 2;

export interface Sent {
  readonly broker: BrokerId;
  readonly apiVersion: number;
  readonly body: AddPartitionsToTxnRequest;
  readonly timeoutMs: number;
  readonly answer: (response: AddPartitionsToTxnResponse | null) => void;
}

/** A clock, timers and a connection to the coordinator that do what a test says. */
export class World {
  nowMs = 0;
  coordinator: BrokerId | null = COORDINATOR;
  readonly alive = new Set<BrokerId>([BROKER, COORDINATOR]);
  readonly sent: Sent[] = [];
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  readonly ports: AddPartitionsPorts = {
    clock: { nowMs: () => this.nowMs },
    timers: {
      after: (delayMs, callback) => {
        const timer = { atMs: this.nowMs + delayMs, callback };
        this.#timers.push(timer);
        return () => {
          this.#timers = this.#timers.filter((other) => other !== timer);
        };
      },
    },
    outbound: this.#outbound(),
    metadata: {
      leaderOf: (partition) => this.#leaderOf(partition),
      isAlive: (broker) => this.alive.has(broker),
      transactionStatePartitions: 1,
      consumerOffsetsPartitions: 1,
      transactionVersion: 2,
    },
  };

  #leaderOf(partition: TopicPartition): BrokerId | null {
    if (partition === '__transaction_state-0') return this.coordinator;
    if (partition === 'c-0') return 2;
    return ['a-0', 'b-0', '__consumer_offsets-0'].includes(partition) ? BROKER : null;
  }

  #outbound(): Outbound {
    return {
      call: <Api extends ApiName>(
        broker: BrokerId,
        request: RequestOf<Api>,
        timeoutMs: number,
        done: (response: ResponseOf<Api> | null) => void,
      ) => {
        const { apiVersion, body } = request as unknown as RequestOf<'AddPartitionsToTxn'>;
        const answer = done as unknown as Sent['answer'];
        this.sent.push({ broker, apiVersion, body, timeoutMs, answer });
      },
    };
  }

  /** Time goes by, timer by timer. */
  pass(ms: number): void {
    const until = this.nowMs + ms;
    for (;;) {
      const next = this.#timers
        .filter(({ atMs }) => atMs <= until)
        .sort((left, right) => left.atMs - right.atMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.nowMs = next.atMs;
      next.callback();
    }
    this.nowMs = until;
  }
}

/** The coordinator's answer that gives every partition the same code. */
export function answering(sent: Sent, errorCode: ErrorCode): AddPartitionsToTxnResponse {
  return {
    errorCode: 'NONE',
    results: sent.body.transactions.map(({ transactionalId, partitions }) => ({
      transactionalId,
      partitions: partitions.map((partition) => ({ partition, errorCode })),
    })),
  };
}

/** A broker whose leaders replicate when told. */
export class BrokerBench {
  readonly world = new World();
  readonly broker: Broker;
  readonly logs = new Map<TopicPartition, DurableLog<StoredBatch>>();

  constructor(coordinator: CoordinatorEndpoint | null = null) {
    const leaders = new Map<TopicPartition, PartitionLeader>();
    const { ports } = this.world;
    this.broker = new Broker({ id: BROKER, ports, coordinator, leaders });
    for (const partition of ['a-0', 'b-0']) {
      const log = new DurableLog<StoredBatch>(() => undefined);
      this.logs.set(partition, log);
      leaders.set(
        partition,
        new PartitionLeader({
          partition,
          leaderEpoch: 3,
          log,
          config: { partitionVerification: true },
          ports: { ...ports, verification: this.broker.verification },
        }),
      );
    }
  }

  /** What came back so far, in order. */
  handle(request: Request): Response[] {
    const replies: Response[] = [];
    this.broker.handle(request, (response) => replies.push(response));
    return replies;
  }

  flush(partition: TopicPartition): void {
    this.logs.get(partition)!.flush();
  }
}

/** The first batch of producer 7, epoch 0. */
export function batch(changes: Partial<ProducedBatch> = {}): ProducedBatch {
  return {
    producerId: 7,
    producerEpoch: 0,
    baseSequence: 0,
    transactional: true,
    control: false,
    records: [{ key: null, value: 'v' }],
    ...changes,
  };
}

export function produce(
  batches: Readonly<Record<TopicPartition, ProducedBatch>>,
  changes: { readonly apiVersion?: number; readonly transactionalId?: string | null } = {},
): RequestOf<'Produce'> {
  const { apiVersion = 12, transactionalId = 'T' } = changes;
  return {
    api: 'Produce',
    apiVersion,
    body: {
      transactionalId,
      acks: -1,
      timeoutMs: 1_000,
      partitions: Object.entries(batches).map(([partition, produced]) => ({
        partition,
        batch: produced,
      })),
    },
  };
}
