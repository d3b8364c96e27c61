/**
 * The simulated broker that hosts the transaction coordinator. Its disk, the partitions of `__transaction_state`,
 * survives it; the coordinator is built anew at each start and loads what the disk holds.
 */

import type { BrokerId, CoordinatorEpoch } from '../../protocol/ids.ts';
import type { ApiName, Response } from '../../protocol/messages/rpc.ts';
import {
  transactionStatePartition,
  type TransactionLogRecord,
} from '../../protocol/transaction-log.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { Broker } from '../broker/broker.ts';
import { DurableLog } from '../log/durable-log.ts';
import type { Outbound, ProducerIdBlocks, TransactionLog } from '../ports.ts';
import { TransactionCoordinator } from '../transaction-coordinator/transaction-coordinator.ts';
import { Endpoint, type Message, type Server } from './network.ts';
import type { CoordinatorObserver, CoordinatorRequest, CoordinatorResponse } from './observer.ts';
import { timersOf, watchedTimers } from './timers.ts';
import { watchedCalls } from './watched-calls.ts';
import { recordsOfUsedIds, type UsedIds } from './used-ids.ts';
import type { World } from './world.ts';

interface CoordinatorBrokerOptions {
  readonly id: BrokerId;
  /** From an election until the partition is read. */
  readonly loadMs: number;
  readonly world: World;
  readonly producerIds: ProducerIdBlocks;
  readonly usedIds: UsedIds | null;
  readonly observer: CoordinatorObserver | null;
}

export class CoordinatorBroker implements Server {
  readonly id: BrokerId;
  readonly #options: CoordinatorBrokerOptions;
  readonly #logs = new Map<number, DurableLog<TransactionLogRecord>>();
  #incarnation = -1;
  #endpoint: Endpoint;
  #coordinator: TransactionCoordinator | null = null;
  #broker: Broker | null = null;

  constructor(options: CoordinatorBrokerOptions) {
    this.id = options.id;
    this.#options = options;
    this.#endpoint = new Endpoint('coordinator', options.world.network);
  }

  get isAlive(): boolean {
    return this.#broker !== null;
  }

  get incarnation(): number {
    return this.#incarnation;
  }

  get endpoint(): Endpoint {
    return this.#endpoint;
  }

  /** Null while the broker is down. */
  get coordinator(): TransactionCoordinator | null {
    return this.#coordinator;
  }

  log(partition: number): DurableLog<TransactionLogRecord> {
    let log = this.#logs.get(partition);
    if (log === undefined) {
      const { usedIds, world } = this.#options;
      const { transactionStatePartitions } = world.metadata;
      const before =
        usedIds === null ? [] : recordsOfUsedIds(usedIds, partition, transactionStatePartitions);
      log = new DurableLog(() => this.#appended(partition), before);
      this.#logs.set(partition, log);
    }
    return log;
  }

  start(): void {
    const { world, observer } = this.#options;
    const { components, network, scheduler, metadata } = world;
    this.#incarnation += 1;
    this.#endpoint = new Endpoint('coordinator', network);
    const ports = {
      clock: scheduler,
      timers: watchedTimers(timersOf(this.#endpoint, scheduler), observer),
      outbound: this.#outbound(),
      metadata,
      log: this.#transactionLog(),
      producerIds: this.#producerIds(),
    };
    this.#coordinator = new TransactionCoordinator({
      // At the first start it is up before anybody asks.
      config: { loadMs: this.#incarnation === 0 ? 0 : this.#options.loadMs },
      ports,
      decisions: components.transactionCoordinator.decisions,
      handlers: components.transactionCoordinator.handlers,
    });
    this.#broker = new Broker({
      id: this.id,
      ports,
      coordinator: this.#coordinator,
      leaders: new Map(),
      decisions: components.broker.decisions,
    });
    this.#coordinator.start();
    for (let partition = 0; partition < metadata.transactionStatePartitions; partition += 1) {
      observer?.elected(partition, this.#incarnation);
      this.#coordinator.onElection(partition, this.#incarnation);
    }
  }

  crash(): void {
    this.#broker = null;
    this.#coordinator = null;
    this.#endpoint.kill();
    for (const log of this.#logs.values()) log.loseUnflushed();
    this.#options.observer?.crashed();
  }

  receive(message: Message, reply: (response: Response) => void): void {
    const broker = this.#broker!;
    const { observer } = this.#options;
    const request = message.request;
    if (observer !== null && isForCoordinator(request)) {
      observer.requestDelivered(request);
      broker.handle(request, (response) => {
        if (this.#broker !== broker) return;
        observer.replied(request, response as CoordinatorResponse);
        reply(response);
      });
      observer.stepEnded();
      return;
    }
    broker.handle(request, (response) => {
      if (this.#broker === broker) reply(response);
    });
  }

  #outbound(): Outbound {
    const { observer } = this.#options;
    if (observer === null) return this.#endpoint;
    return watchedCalls(this.#endpoint, 'WriteTxnMarkers', {
      sent: (broker, request) => observer.markersSent(broker, request),
      answered: (broker, request, response) => observer.markersAnswered(broker, request, response),
      stepEnded: () => observer.stepEnded(),
    });
  }

  #transactionLog(): TransactionLog {
    const { observer, world } = this.#options;
    return {
      read: (partition) => {
        observer?.logRead(partition);
        return this.log(partition).entries;
      },
      append: (
        partition: number,
        coordinatorEpoch: CoordinatorEpoch,
        record: TransactionLogRecord,
        done: (errorCode: ErrorCode) => void,
      ) => {
        observer?.appended(partition, coordinatorEpoch, record);
        const completed = (errorCode: ErrorCode) => {
          observer?.appendCompleted(partition, record, errorCode);
          done(errorCode);
          observer?.stepEnded();
        };
        const errorCode = world.appendFaults.onAppend(transactionStatePartition(partition));
        if (errorCode === 'NONE') {
          this.log(partition).append(record, 1, () => completed('NONE'));
        } else {
          this.#failAppend(partition, record, () => completed(errorCode), errorCode);
        }
      },
    };
  }

  /** Partition.appendRecordsToLeader: refused before, or written and not acknowledged by enough replicas. */
  #failAppend(
    partition: number,
    record: TransactionLogRecord,
    failed: () => void,
    errorCode: ErrorCode,
  ): void {
    const endpoint = this.#endpoint;
    if (errorCode === 'NOT_ENOUGH_REPLICAS_AFTER_APPEND') {
      this.log(partition).append(record, 1, () => undefined);
    }
    this.#options.world.scheduler.enqueue({
      run: () => {
        if (endpoint.isAlive) failed();
      },
    });
  }

  #producerIds(): ProducerIdBlocks {
    const { observer, producerIds } = this.#options;
    const endpoint = this.#endpoint;
    return {
      allocate: (done) =>
        producerIds.allocate((first) => {
          if (!endpoint.isAlive) return;
          if (first !== null) observer?.producerIdsAllocated(first);
          done(first);
          observer?.stepEnded();
        }),
    };
  }

  #appended(partition: number): void {
    const { observer, scheduler } = this.#options.world;
    const log = this.log(partition);
    observer.transactionLogAppended(partition, log.logEndOffset - 1, log.entries.at(-1)!);
    scheduler.enqueue({
      run: () => {
        if (!log.hasUnflushed) return;
        observer.logReplicated(transactionStatePartition(partition), log.logEndOffset);
        log.flush();
      },
    });
  }
}

function isForCoordinator(request: { readonly api: ApiName }): request is CoordinatorRequest {
  return (
    request.api === 'InitProducerId' ||
    request.api === 'AddPartitionsToTxn' ||
    request.api === 'AddOffsetsToTxn' ||
    request.api === 'EndTxn'
  );
}
