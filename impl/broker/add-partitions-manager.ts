/**
 * AddPartitionsToTxnManager (KIP-890): takes the leaders' questions about first appends to the coordinators, one
 * AddPartitionsToTxn in flight a coordinator node and at most one queued entry a transactional id. What the leaders
 * ask while one Produce request is handled is one entry, as in ReplicaManager.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, TopicPartition, TransactionalId } from '../../protocol/ids.ts';
import type { AddPartitionsToTxnResponse } from '../../protocol/messages/add-partitions-to-txn.ts';
import { transactionStatePartition } from '../../protocol/transaction-log.ts';
import type {
  TransactionVerification,
  VerificationRequest,
} from '../partition-leader/verification.ts';
import type { Clock, ClusterMetadata, Outbound, Timers } from '../ports.ts';
import { partitionFor } from '../ports.ts';
import type { BrokerDecisions } from './decisions.ts';

export interface AddPartitionsConfig {
  /** `request.timeout.ms` between brokers. */
  readonly requestTimeoutMs: number;
  /** `add.partitions.to.txn.retry.backoff.ms`. */
  readonly addPartitionsRetryBackoffMs: number;
  /** `add.partitions.to.txn.retry.backoff.max.ms`. */
  readonly addPartitionsRetryMaxMs: number;
}

export interface AddPartitionsPorts {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly outbound: Outbound;
  readonly metadata: ClusterMetadata;
}

type Done = Parameters<TransactionVerification['verify']>[1];

/** What one Produce request has asked so far, and since when. */
interface Span {
  readonly startMs: number;
  /** Not yet handed to a queue. A Produce request has one transactional id. */
  entry: Entry | null;
  /** Leaders that start over when the back-off ends. */
  again: (() => void)[];
}

/** The questions of one Produce request. */
interface Entry {
  readonly request: VerificationRequest;
  readonly span: Span;
  readonly partitions: TopicPartition[];
  readonly done: Done[];
}

interface Node {
  readonly queue: Map<TransactionalId, Entry>;
  inFlight: boolean;
}

/** AddPartitionsToTxn version of this broker: it knows TRANSACTION_ABORTABLE. */
const ADD_PARTITIONS_VERSION = 5;

export class AddPartitionsToTxnManager implements TransactionVerification {
  readonly #config: AddPartitionsConfig;
  readonly #ports: AddPartitionsPorts;
  readonly #decisions: BrokerDecisions;
  readonly #nodes = new Map<BrokerId, Node>();
  #current: Span | null = null;

  constructor(config: AddPartitionsConfig, ports: AddPartitionsPorts, decisions: BrokerDecisions) {
    this.#config = config;
    this.#ports = ports;
    this.#decisions = decisions;
  }

  /** What the leaders ask before `fanOut` returns is asked in one entry. */
  together(fanOut: () => void): void {
    this.#collect({ startMs: this.#ports.clock.nowMs(), entry: null, again: [] }, fanOut);
  }

  #collect(span: Span, fanOut: () => void): void {
    const outer = this.#current;
    this.#current = span;
    fanOut();
    this.#current = outer;
    const { entry } = span;
    span.entry = null;
    if (entry !== null) this.#enqueue(entry);
  }

  verify(request: VerificationRequest, done: Done): void {
    const span = this.#current;
    if (span === null) {
      this.together(() => this.verify(request, done));
      return;
    }
    span.entry ??= { request, span, partitions: [], done: [] };
    span.entry.partitions.push(request.partition);
    span.entry.done.push(done);
  }

  #enqueue(entry: Entry): void {
    const coordinator = this.#coordinatorOf(entry.request.transactionalId);
    if (coordinator === null) {
      this.#finish(entry, 'COORDINATOR_NOT_AVAILABLE');
      return;
    }
    const node = this.#node(coordinator);
    const { transactionalId, producerEpoch } = entry.request;
    const queued = node.queue.get(transactionalId);
    if (queued === undefined) {
      node.queue.set(transactionalId, entry);
    } else {
      const { loser, errorCode } = this.#decisions.replacement(
        queued.request.producerEpoch,
        producerEpoch,
      );
      if (loser === 'queued') node.queue.set(transactionalId, entry);
      this.#finish(loser === 'queued' ? queued : entry, errorCode);
    }
    this.#send(coordinator, node);
  }

  #node(coordinator: BrokerId): Node {
    let node = this.#nodes.get(coordinator);
    if (node === undefined) {
      node = { queue: new Map(), inFlight: false };
      this.#nodes.set(coordinator, node);
    }
    return node;
  }

  /** Null: no leader of its `__transaction_state` partition, or a dead one. */
  #coordinatorOf(transactionalId: TransactionalId): BrokerId | null {
    const { metadata } = this.#ports;
    const partition = partitionFor(transactionalId, metadata.transactionStatePartitions);
    const leader = metadata.leaderOf(transactionStatePartition(partition));
    return leader !== null && metadata.isAlive(leader) ? leader : null;
  }

  #send(coordinator: BrokerId, node: Node): void {
    if (node.inFlight || node.queue.size === 0) return;
    const entries = [...node.queue.values()];
    node.queue.clear();
    node.inFlight = true;
    const transactions = entries.map(({ request, partitions }) => ({
      transactionalId: request.transactionalId,
      producerId: request.producerId,
      producerEpoch: request.producerEpoch,
      verifyOnly: request.operation !== 'ADD_PARTITION',
      partitions,
    }));
    this.#ports.outbound.call(
      coordinator,
      { api: 'AddPartitionsToTxn', apiVersion: ADD_PARTITIONS_VERSION, body: { transactions } },
      this.#config.requestTimeoutMs,
      (response) => {
        node.inFlight = false;
        for (const entry of entries) this.#answer(entry, response);
        this.#send(coordinator, node);
      },
    );
  }

  /** AddPartitionsToTxnHandler.onComplete. A connection that closed without an answer is NETWORK_EXCEPTION. */
  #answer(entry: Entry, response: AddPartitionsToTxnResponse | null): void {
    if (response === null) {
      this.#finish(entry, 'NETWORK_EXCEPTION');
      return;
    }
    if (response.errorCode !== 'NONE') {
      this.#finish(entry, this.#decisions.requestError(response.errorCode));
      return;
    }
    const { transactionalId, operation } = entry.request;
    const result = response.results.find(
      (candidate) => candidate.transactionalId === transactionalId,
    );
    for (let index = 0; index < entry.partitions.length; index += 1) {
      const partition = entry.partitions[index];
      // A partition that the answer does not mention was not refused.
      const errorCode =
        result?.partitions.find((candidate) => candidate.partition === partition)?.errorCode ??
        'NONE';
      this.#finishOne(entry, index, this.#decisions.partitionError(errorCode, operation));
    }
  }

  #finish(entry: Entry, errorCode: ErrorCode): void {
    for (let index = 0; index < entry.done.length; index += 1) {
      this.#finishOne(entry, index, errorCode);
    }
  }

  #finishOne(entry: Entry, index: number, errorCode: ErrorCode): void {
    const { span, request } = entry;
    const elapsedMs = this.#ports.clock.nowMs() - span.startMs;
    const { requestTimeoutMs, addPartitionsRetryMaxMs } = this.#config;
    const retryMaxMs = Math.min(addPartitionsRetryMaxMs, requestTimeoutMs);
    const asksAgain = this.#decisions.asksAgain(
      errorCode,
      request.operation,
      elapsedMs,
      retryMaxMs,
    );
    entry.done[index]!(errorCode, asksAgain ? (again) => this.#retry(span, again) : null);
  }

  /** The leaders of one Produce request start over together. */
  #retry(span: Span, again: () => void): void {
    span.again.push(again);
    if (span.again.length > 1) return;
    this.#ports.timers.after(this.#config.addPartitionsRetryBackoffMs, () => {
      const due = span.again;
      span.again = [];
      this.#collect(span, () => {
        for (const startOver of due) startOver();
      });
    });
  }
}
