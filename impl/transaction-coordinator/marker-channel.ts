/**
 * Carries the outcome of prepared transactions to the leaders of their partitions and logs Complete* when all have
 * written it (TransactionMarkerChannelManager). One WriteTxnMarkers a broker at a time carries whatever is queued
 * for it; a partition whose leader is dead, unreachable or refuses is resolved again after a pause.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { BrokerId, CoordinatorEpoch, TopicPartition } from '../../protocol/ids.ts';
import { REQUEST_TIMEOUT_MS } from '../../protocol/limits.ts';
import type { ResponseOf } from '../../protocol/messages/rpc.ts';
import type { ClusterMetadata, Outbound, Timers } from '../ports.ts';
import type { CoordinatorDecisions, Marking } from './decisions.ts';
import type { TransactionMetadata, TransitMetadata } from './transaction-metadata.ts';
import { IllegalTransitionError } from './transaction-metadata.ts';
import type { OwnedPartition, TransactionStateManager } from './transaction-state-manager.ts';

/** First version that carries the transaction version (KIP-1228). */
const WRITE_TXN_MARKERS_VERSION = 2;

/** A prepared transaction on its way to Complete*. Compared by identity: a later end or load makes another one. */
interface Completion {
  readonly owned: OwnedPartition;
  readonly metadata: TransactionMetadata;
  readonly marking: Marking;
  readonly complete: TransitMetadata;
}

interface QueuedMarker {
  readonly completion: Completion;
  readonly partitions: TopicPartition[];
}

interface BrokerQueue {
  readonly broker: BrokerId;
  isInFlight: boolean;
  queued: QueuedMarker[];
}

interface Ports {
  readonly timers: Timers;
  readonly outbound: Outbound;
  readonly metadata: ClusterMetadata;
}

/** What the markers of a Prepare* record say; `prepared` is the record or the metadata that holds it. */
export function markingOf(coordinatorEpoch: CoordinatorEpoch, prepared: TransitMetadata): Marking {
  return {
    coordinatorEpoch,
    producerId: prepared.producerId,
    producerEpoch: prepared.producerEpoch,
    result: prepared.state === 'PrepareCommit' ? 'COMMIT' : 'ABORT',
    transactionVersion: prepared.clientTransactionVersion,
    partitions: prepared.topicPartitions,
  };
}

export class MarkerChannel {
  readonly #ports: Ports;
  readonly #state: TransactionStateManager;
  readonly #decisions: CoordinatorDecisions;
  readonly #retryBackoffMs: number;
  readonly #completions = new Map<string, Completion>();
  readonly #queues = new Map<BrokerId, BrokerQueue>();
  #retries: QueuedMarker[] = [];

  constructor(
    ports: Ports,
    state: TransactionStateManager,
    decisions: CoordinatorDecisions,
    retryBackoffMs: number,
  ) {
    this.#ports = ports;
    this.#state = state;
    this.#decisions = decisions;
    this.#retryBackoffMs = retryBackoffMs;
  }

  /**
   * Queues the markers of a transaction that is in Prepare*, replacing whatever was under way for its id
   * (addTxnMarkersToSend). `flush` sends them. A transaction without partitions completes at once.
   */
  add(
    owned: OwnedPartition,
    metadata: TransactionMetadata,
    coordinatorEpoch: CoordinatorEpoch,
    complete: TransitMetadata,
  ): void {
    const marking = markingOf(coordinatorEpoch, metadata);
    const completion = { owned, metadata, marking, complete };
    this.#completions.set(metadata.transactionalId, completion);
    this.#enqueue(completion, marking.partitions);
    this.#completeIfMarked(completion);
  }

  /** Sends what is queued for every broker that has no request in flight. */
  flush(): void {
    for (const queue of this.#queues.values()) this.#send(queue);
  }

  /** Drops all markers of a partition of `__transaction_state` that changed hands. */
  drop(partition: number): void {
    for (const [transactionalId, completion] of this.#completions) {
      if (completion.owned.partition === partition) this.#completions.delete(transactionalId);
    }
  }

  /** Whether markers of the id are still under way. */
  isMarking(transactionalId: string): boolean {
    return this.#completions.has(transactionalId);
  }

  #isCurrent(completion: Completion): boolean {
    return this.#completions.get(completion.metadata.transactionalId) === completion;
  }

  #enqueue(completion: Completion, partitions: readonly TopicPartition[]): void {
    const { metadata } = completion;
    for (const partition of partitions) {
      const leader = this.#ports.metadata.leaderOf(partition);
      const isAlive = leader !== null && this.#ports.metadata.isAlive(leader);
      const destination = this.#decisions.markerDestination(leader !== null, isAlive);
      if (destination === 'send' && leader !== null) {
        this.#enqueueFor(leader, completion, partition);
      } else if (destination === 'later') {
        this.#retryLater(completion, [partition]);
      } else {
        metadata.topicPartitions = metadata.topicPartitions.filter((name) => name !== partition);
      }
    }
  }

  #enqueueFor(broker: BrokerId, completion: Completion, partition: TopicPartition): void {
    let queue = this.#queues.get(broker);
    if (queue === undefined) {
      queue = { broker, isInFlight: false, queued: [] };
      this.#queues.set(broker, queue);
    }
    const last = queue.queued.at(-1);
    if (last?.completion === completion) last.partitions.push(partition);
    else queue.queued.push({ completion, partitions: [partition] });
  }

  #send(queue: BrokerQueue): void {
    if (queue.isInFlight || queue.queued.length === 0) return;
    const sent = queue.queued.filter(({ completion }) => this.#isCurrent(completion));
    queue.queued = [];
    if (sent.length === 0) return;
    queue.isInFlight = true;
    const markers = sent.map(({ completion, partitions }) =>
      this.#decisions.marker(completion.marking, partitions),
    );
    this.#ports.outbound.call<'WriteTxnMarkers'>(
      queue.broker,
      { api: 'WriteTxnMarkers', apiVersion: WRITE_TXN_MARKERS_VERSION, body: { markers } },
      REQUEST_TIMEOUT_MS,
      (response) => {
        queue.isInFlight = false;
        this.#answered(sent, response);
        this.#send(queue);
      },
    );
  }

  #answered(sent: readonly QueuedMarker[], response: ResponseOf<'WriteTxnMarkers'> | null): void {
    for (let index = 0; index < sent.length; index += 1) {
      const { completion, partitions } = sent[index]!;
      // A marker that was written counts also when marking was given up meanwhile (onComplete removes it first).
      if (!this.#isStillOwned(completion)) {
        this.#abandon(completion);
        continue;
      }
      const answers = response?.markers[index]?.partitions;
      for (const partition of partitions) {
        const answer = answers?.find((each) => each.partition === partition);
        this.#markerAnswered(completion, partition, answerCode(response, answer?.errorCode));
      }
      this.#completeIfMarked(completion);
    }
  }

  /** The term the markers were sent in must still stand, and under the epoch they carry. */
  #isStillOwned({ owned, metadata, marking }: Completion): boolean {
    return (
      this.#state.standing(owned, metadata) === 'NONE' &&
      owned.coordinatorEpoch === marking.coordinatorEpoch
    );
  }

  #markerAnswered(completion: Completion, partition: TopicPartition, errorCode: ErrorCode): void {
    const { metadata } = completion;
    switch (this.#decisions.markerAnswer(errorCode)) {
      case 'written':
        metadata.topicPartitions = this.#decisions.outstandingAfter(
          metadata.topicPartitions,
          partition,
        );
        return;
      case 'retry':
        this.#retryLater(completion, [partition]);
        return;
      case 'stop':
        // Someone with a higher epoch decides now. The id answers CONCURRENT_TRANSACTIONS until it is loaded again.
        this.#abandon(completion);
        return;
      case 'impossible':
        throw new IllegalTransitionError(
          `no leader may answer ${errorCode} to a marker of ${metadata.transactionalId} for ${partition}`,
        );
    }
  }

  /** TransactionMarkerChannelManager.removeMarkersForTxn: only if no later completion took its place. */
  #abandon(completion: Completion): void {
    if (this.#isCurrent(completion)) this.#completions.delete(completion.metadata.transactionalId);
  }

  #retryLater(completion: Completion, partitions: TopicPartition[]): void {
    this.#retries.push({ completion, partitions });
    if (this.#retries.length > 1) return;
    this.#ports.timers.after(this.#retryBackoffMs, () => this.#retry());
  }

  #retry(): void {
    const due = this.#retries;
    this.#retries = [];
    for (const { completion, partitions } of due) {
      if (!this.#isCurrent(completion)) continue;
      const outstanding = completion.metadata.topicPartitions;
      this.#enqueue(
        completion,
        partitions.filter((partition) => outstanding.includes(partition)),
      );
      this.#completeIfMarked(completion);
    }
    this.flush();
  }

  /** Compare and remove: only the completion that is still under way may log Complete*, and once (KAFKA-10080). */
  #completeIfMarked(completion: Completion): void {
    const { metadata, marking } = completion;
    if (!this.#isCurrent(completion)) return;
    if (!this.#decisions.isFullyMarked(metadata.topicPartitions, marking.partitions)) return;
    this.#completions.delete(metadata.transactionalId);
    this.#appendComplete(completion);
  }

  #appendComplete(completion: Completion): void {
    const { owned, metadata, complete } = completion;
    const isRetried = (errorCode: ErrorCode) => errorCode === 'COORDINATOR_NOT_AVAILABLE';
    const done = (errorCode: ErrorCode) => {
      switch (errorCode) {
        case 'NONE':
        case 'NOT_COORDINATOR':
        case 'COORDINATOR_LOAD_IN_PROGRESS':
          return;
        case 'COORDINATOR_NOT_AVAILABLE':
          this.#ports.timers.after(this.#retryBackoffMs, () => this.#appendComplete(completion));
          return;
        default:
          throw new IllegalTransitionError(
            `completing ${metadata.transactionalId} may not fail with ${errorCode}`,
          );
      }
    };
    this.#state.append(owned, metadata, complete, done, isRetried);
  }
}

/** A closed connection is NETWORK_EXCEPTION; an answer that leaves a partition out is a broker's bug. */
function answerCode(
  response: ResponseOf<'WriteTxnMarkers'> | null,
  answered: ErrorCode | undefined,
): ErrorCode {
  if (response === null) return 'NETWORK_EXCEPTION';
  return answered ?? 'UNKNOWN_SERVER_ERROR';
}
