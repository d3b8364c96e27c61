/**
 * The specification's side of a lock-step walk beside one partition's leader: a machine for each producer id that wrote
 * there, and the log. It keeps who waits for which answer, and what the model put out and the implementation has yet
 * to show.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerId, TopicPartition } from '../../protocol/ids.ts';
import type { RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { ProducedBatch } from '../../protocol/records.ts';
import { PRODUCE_TV2 } from '../../protocol/transaction-version.ts';
import type { ClusterMetadata } from '../../impl/ports.ts';
import type { StateId } from '../../model/checker/transition-table.ts';
import type { AddPartitionsToTxnRequest } from '../../model/messages.ts';
import type { LeaderSend } from '../../model/partition-leader-changes.ts';
import type { LeaderContext, LeaderEvent } from '../../model/partition-leader-state.ts';
import { NO_CONNECTION } from '../../model/partition-leader-state.ts';
import type { PartitionLogEntry, PartitionView } from '../../model/partition-log.ts';
import { jsonOf } from './disagreement.ts';
import type { LeaderWrite } from './leader-correspondence.ts';
import {
  hasCoordinator,
  markerDemands,
  OTHERS_QUESTION,
  produceEvent,
  type Verdict,
  verdictOn,
} from './leader-correspondence.ts';
import { LeaderLog } from './leader-log.ts';
import { LEADER_TABLES, type LeaderCounter, type LeaderTable } from './leader-tables.ts';

/** A request on its way to its answer. */
export interface WriteExchange {
  readonly request: LeaderWrite;
  /** Of a Produce. */
  readonly batch: ProducedBatch | null;
  readonly answers: ErrorCode[];
  outstanding: number;
  /** The leader may keep the model's answer to itself, and ask the coordinator again (ReplicaManager, TV2). */
  mayAskAgain: boolean;
}

interface Waiter {
  readonly exchange: WriteExchange;
  readonly index: number;
}

/** One producer id. */
export interface TrackedProducer {
  readonly producerId: ProducerId;
  readonly isTransactional: boolean;
  state: StateId;
  /** Of the state. */
  context: LeaderContext;
  /** By the number that the machine gives a connection; the lowest free one is taken, which keeps the tables small. */
  readonly waiters: (Waiter | null)[];
}

interface OwedEntry {
  readonly producer: TrackedProducer;
  readonly entry: PartitionLogEntry;
}

interface OwedQuestion {
  readonly producer: TrackedProducer;
  readonly message: AddPartitionsToTxnRequest;
}

export interface LeaderTwinOptions {
  readonly partition: TopicPartition;
  readonly partitionVerification: boolean;
  readonly metadata: () => Pick<
    ClusterMetadata,
    'leaderOf' | 'isAlive' | 'transactionStatePartitions'
  >;
  readonly counter: LeaderCounter | null;
  /** Told when the model finds something impossible. */
  readonly onImpossible: (producer: TrackedProducer, found: string) => void;
}

export class LeaderTwin {
  readonly log = new LeaderLog();
  /** Requests that the model answered in the current step. */
  answered: WriteExchange[] = [];
  owedEntries: OwedEntry[] = [];
  owedQuestions: OwedQuestion[] = [];
  /** Whose answer the leader kept to itself: it will ask again. */
  readonly withheld = new Set<WriteExchange>();
  /** Producer ids that the current step concerns. */
  readonly touched = new Set<TrackedProducer>();
  readonly #options: LeaderTwinOptions;
  readonly #producers = new Map<ProducerId, TrackedProducer>();
  /** One request in flight to the coordinator (AddPartitionsToTxnManager). */
  #isAsking = false;

  constructor(options: LeaderTwinOptions) {
    this.#options = options;
  }

  viewOf({ producerId, isTransactional }: TrackedProducer): PartitionView {
    return this.log.viewOf(producerId, isTransactional);
  }

  track(producerId: ProducerId, isTransactional: boolean): TrackedProducer {
    let producer = this.#producers.get(producerId);
    if (producer === undefined) {
      const table = this.#table(isTransactional);
      const state = table.initial;
      const { context } = table.stateOf(state);
      producer = { producerId, isTransactional, state, context, waiters: [] };
      this.#producers.set(producerId, producer);
    }
    return producer;
  }

  /** A Produce is delivered, or the leader starts over with it. */
  produce(exchange: WriteExchange): void {
    const request = exchange.request as RequestOf<'Produce'>;
    const batch = exchange.batch!;
    exchange.outstanding = 1;
    exchange.mayAskAgain = false;
    const producer = this.track(batch.producerId, batch.transactional);
    const connection = connectionFor(producer, { exchange, index: 0 });
    const view = this.viewOf(producer);
    const event = produceEvent(request.apiVersion, batch, connection, view);
    if (!producer.isTransactional) this.feed(producer, event);
    else if (!hasCoordinator(request.body.transactionalId!, this.#options.metadata())) {
      this.#produceWithoutCoordinator(producer, event);
    } else if (this.#isAsking && producer.context.asked.length === 0) {
      this.#produceBehindOthers(producer, event);
    } else this.feed(producer, event);
  }

  markers(exchange: WriteExchange): void {
    const request = exchange.request as RequestOf<'WriteTxnMarkers'>;
    const demands = markerDemands(request, this.#options.partition);
    exchange.outstanding = demands.length;
    demands.forEach(({ producerId, event }, index) => {
      const producer = this.track(producerId, true);
      const connection = connectionFor(producer, { exchange, index });
      this.feed(producer, event(connection, this.viewOf(producer)));
    });
    if (demands.length === 0) this.answered.push(exchange);
  }

  questionSent(): void {
    this.#isAsking = true;
  }

  /** Whose turn was kept up by another's question is asked about now. */
  questionAnswered(
    { body }: RequestOf<'AddPartitionsToTxn'>,
    response: ResponseOf<'AddPartitionsToTxn'> | null,
  ): void {
    this.#isAsking = false;
    for (const transaction of body.transactions) {
      const producer = this.track(transaction.producerId, true);
      const view = this.viewOf(producer);
      this.feed(producer, verdictOn(transaction, this.#options.partition, response, view));
    }
    for (const producer of this.#producers.values()) {
      const [asked] = producer.context.asked;
      if (asked?.connection === NO_CONNECTION) this.#endOthersQuestion(producer);
    }
  }

  replicated(): void {
    for (let count = this.log.replicate(); count > 0; count -= 1) {
      for (const producer of this.#producers.values()) {
        if (producer.context.waiting.length > 0) {
          this.feed(producer, { type: 'Replicated' });
        }
      }
    }
  }

  crashed(): void {
    this.log.crash();
    this.#isAsking = false;
    this.withheld.clear();
    this.forgetStep();
    for (const { waiters } of this.#producers.values()) waiters.length = 0;
  }

  loaded(): void {
    for (const producer of this.#producers.values()) this.feed(producer, { type: 'LeaderLoaded' });
  }

  forgetStep(): void {
    if (this.answered.length > 0) this.answered = [];
    if (this.owedEntries.length > 0) this.owedEntries = [];
    if (this.owedQuestions.length > 0) this.owedQuestions = [];
    this.touched.clear();
  }

  /** Takes one step of the model and notes what it puts out. */
  feed(producer: TrackedProducer, event: LeaderEvent, isReal = true): void {
    const table = this.#tableOf(producer);
    const entry = table.step(producer.state, table.eventIdOf(event));
    if (isReal && producer.isTransactional) this.#options.counter?.count(entry);
    this.touched.add(producer);
    if (entry.outcome === 'unexpected') {
      const found = `${jsonOf(event)} in ${jsonOf(producer.context)}`;
      this.#options.onImpossible(producer, found);
    }
    this.#move(producer, entry.next);
    for (const action of entry.actions) {
      if (action.type === 'append') {
        this.log.append(action.params, producer.producerId, producer.isTransactional);
        this.owedEntries.push({ producer, entry: action.params });
      } else if (action.type === 'send') {
        this.#sent(producer, action.params, event);
      }
    }
  }

  #sent(producer: TrackedProducer, send: LeaderSend, event: LeaderEvent): void {
    if (send.to === 'coordinator') {
      this.owedQuestions.push({ producer, message: send.message });
      return;
    }
    const waiter = producer.waiters[send.connection];
    if (waiter === undefined || waiter === null) return;
    producer.waiters[send.connection] = null;
    const { exchange, index } = waiter;
    const { errorCode } = send.message;
    exchange.answers[index] = errorCode;
    exchange.outstanding -= 1;
    exchange.mayAskAgain =
      event.type === 'AddPartitionsToTxnResponse' &&
      errorCode === 'CONCURRENT_TRANSACTIONS' &&
      exchange.request.apiVersion >= PRODUCE_TV2;
    if (exchange.outstanding === 0) this.answered.push(exchange);
  }

  /** A Produce of whose transactional id no coordinator is known or alive is refused before it would be queued. */
  #produceWithoutCoordinator(producer: TrackedProducer, event: LeaderEvent): void {
    const { asked, queued } = producer.context;
    const state = this.#with(producer, { asked: [], queued: [] });
    const table = this.#tableOf(producer);
    const { actions } = table.step(state, table.eventIdOf(event));
    if (!actions.some(({ type, params }) => type === 'send' && params.to === 'coordinator')) {
      this.feed(producer, event);
      return;
    }
    this.#move(producer, state);
    this.feed(producer, event);
    this.owedQuestions.pop();
    this.feed(producer, refusal('COORDINATOR_NOT_AVAILABLE', this.viewOf(producer)));
    this.#move(producer, this.#with(producer, { asked, queued }));
  }

  /** While the connection to the coordinator carries another's question, the machine has to queue its own. */
  #produceBehindOthers(producer: TrackedProducer, event: LeaderEvent): void {
    this.#move(producer, this.#with(producer, { asked: [OTHERS_QUESTION] }));
    this.feed(producer, event);
    if (producer.context.queued.length === 0) {
      this.#move(producer, this.#with(producer, { asked: [] }));
    }
  }

  #endOthersQuestion(producer: TrackedProducer): void {
    this.feed(producer, refusal('NETWORK_EXCEPTION', this.viewOf(producer)), false);
  }

  #move(producer: TrackedProducer, state: StateId): void {
    producer.state = state;
    producer.context = this.#tableOf(producer).stateOf(state).context;
  }

  #with(producer: TrackedProducer, changed: Partial<LeaderContext>): StateId {
    return this.#tableOf(producer).idOf('Serving', { ...producer.context, ...changed });
  }

  #tableOf({ isTransactional }: TrackedProducer): LeaderTable {
    return this.#table(isTransactional);
  }

  /** Nobody verifies what is outside transactions. */
  #table(isTransactional: boolean): LeaderTable {
    return LEADER_TABLES[isTransactional && this.#options.partitionVerification ? 1 : 0];
  }
}

function connectionFor({ waiters }: TrackedProducer, waiter: Waiter): number {
  const free = waiters.indexOf(null);
  if (free === -1) return waiters.push(waiter) - 1;
  waiters[free] = waiter;
  return free;
}

function refusal(errorCode: ErrorCode, view: PartitionView): Verdict {
  return { type: 'AddPartitionsToTxnResponse', verifyOnly: 0, errorCode, abortable: 0, view };
}
