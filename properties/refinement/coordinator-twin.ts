/**
 * The specification's side of a lock-step walk: one machine for each transactional id of a run, fed with what
 * happened to the implementation. It keeps who waits for which append, and what the model put out and the
 * implementation has yet to show.
 */

import type { CoordinatorRequest } from '../../impl/simulation/observer.ts';
import { partitionFor } from '../../impl/ports.ts';
import type { CoordinatorEpoch, ProducerId, TransactionalId } from '../../protocol/ids.ts';
import { MAX_PRODUCER_EPOCH } from '../../protocol/limits.ts';
import type { TransactionLogRecord } from '../../protocol/transaction-log.ts';
import type { LocalState, StateId } from '../../model/checker/transition-table.ts';
import type { CoordinatorResponse, TransactionLogEntry } from '../../model/messages.ts';
import { TRANSACTION_LOG_TOMBSTONE } from '../../model/messages.ts';
import type { CoordinatorAction } from '../../model/transaction-coordinator-cells.ts';
import type { CoordinatorEvent } from '../../model/transaction-coordinator-state.ts';
import type { transactionCoordinator } from '../../model/transaction-coordinator.machine.ts';
import type { Demand } from './coordinator-correspondence.ts';
import type { CoordinatorCounter, CoordinatorTable } from './coordinator-tables.ts';
import { jsonOf } from './disagreement.ts';
import { ProducerIdAllocation } from './producer-id-allocation.ts';
import { entryOf, PartitionBits, visible } from './transaction-coordinator.ts';

/** A request on its way to its answer. */
export interface Exchange {
  readonly request: CoordinatorRequest;
  readonly demands: readonly Demand[];
  readonly answers: CoordinatorResponse[];
  outstanding: number;
}

interface Waiting {
  readonly exchange: Exchange;
  readonly demand: number;
}

/** One transactional id. */
export interface Tracked {
  readonly transactionalId: TransactionalId;
  readonly partition: number;
  state: StateId;
  waiting: Waiting | null;
  /** What the model appended and the implementation did not yet; only a completion that failed may stay owed. */
  owed: TransactionLogEntry | null;
  mayOwe: boolean;
}

interface Term {
  readonly coordinatorEpoch: CoordinatorEpoch;
  isLoaded: boolean;
}

/** Told when the model finds something impossible: the id, all that it allows, what happened, and a clause of why. */
export type Disagree = (
  transactionalId: TransactionalId,
  expected: readonly string[],
  found: string,
  why: string,
) => void;

export class CoordinatorTwin {
  readonly bits = new PartitionBits();
  readonly allocation = new ProducerIdAllocation();
  /** Requests that the model answered in the current step. */
  answered: Exchange[] = [];
  /** Ids that the current step concerns. */
  readonly touched = new Set<Tracked>();
  readonly #table: CoordinatorTable;
  readonly #counter: CoordinatorCounter | null;
  readonly #disagree: Disagree;
  readonly #transactionStatePartitions: () => number;
  readonly #ids = new Map<TransactionalId, Tracked>();
  readonly #terms = new Map<number, Term>();

  constructor(
    table: CoordinatorTable,
    counter: CoordinatorCounter | null,
    transactionStatePartitions: () => number,
    disagree: Disagree,
  ) {
    this.#table = table;
    this.#counter = counter;
    this.#transactionStatePartitions = transactionStatePartitions;
    this.#disagree = disagree;
  }

  all(): IterableIterator<Tracked> {
    return this.#ids.values();
  }

  stateOf(tracked: Tracked): LocalState<typeof transactionCoordinator> {
    return this.#table.stateOf(tracked.state);
  }

  stepEnded(): void {
    if (this.answered.length > 0) this.answered = [];
    this.touched.clear();
  }

  elected(partition: number, coordinatorEpoch: CoordinatorEpoch): void {
    this.#terms.set(partition, { coordinatorEpoch, isLoaded: false });
    for (const tracked of this.#ids.values()) {
      if (tracked.partition === partition) this.feed(tracked, { type: 'CoordinatorElected' });
    }
  }

  resigned(partition: number): void {
    this.#terms.delete(partition);
    for (const tracked of this.#ids.values()) {
      if (tracked.partition !== partition) continue;
      this.feed(tracked, { type: 'CoordinatorResigned' });
      tracked.owed = null;
    }
  }

  crashed(): void {
    this.#terms.clear();
    this.allocation.crashed();
    for (const tracked of this.#ids.values()) {
      this.feed(tracked, { type: 'CoordinatorCrashed' });
      tracked.waiting = null;
      tracked.owed = null;
    }
  }

  /** The model's view is the last record of each id, by definition of the log. */
  load(partition: number, entries: readonly TransactionLogRecord[]): void {
    const term = this.#terms.get(partition)!;
    const last = new Map<TransactionalId, TransactionLogRecord>();
    for (const record of entries) {
      last.set(record.key.transactionalId, record);
      this.track(record.key.transactionalId);
    }
    term.isLoaded = true;
    const { coordinatorEpoch } = term;
    for (const tracked of this.#ids.values()) {
      if (tracked.partition !== partition) continue;
      const record = last.get(tracked.transactionalId);
      const view = record === undefined ? TRANSACTION_LOG_TOMBSTONE : entryOf(record, this.bits);
      this.feed(tracked, { type: 'CoordinatorLoaded', coordinatorEpoch, view });
    }
  }

  /** Takes one step of the model and notes what it puts out. */
  feed(tracked: Tracked, event: CoordinatorEvent, asked: Waiting | null = null): void {
    const entry = this.#table.step(tracked.state, this.#table.eventIdOf(event));
    this.#counter?.count(entry);
    this.touched.add(tracked);
    if (entry.outcome === 'unexpected') {
      const found = `${jsonOf(event)} in ${this.#describe(tracked)}`;
      this.#disagree(tracked.transactionalId, [], found, 'the model holds that this cannot happen');
    }
    for (const action of entry.actions) {
      if (action.type === 'append') {
        tracked.owed = action.params;
        tracked.mayOwe = event.type === 'TransactionLogAppendFailed';
        if (asked !== null) tracked.waiting = asked;
      } else if (action.type === 'send') {
        this.#sent(tracked, action.params, asked);
      } else if (action.type === 'takeProducerId' && 'allocatedProducerId' in event) {
        this.#take(tracked, event.allocatedProducerId);
      }
    }
    tracked.state = entry.next;
  }

  #sent(
    tracked: Tracked,
    { to, message }: Extract<CoordinatorAction, { type: 'send' }>['params'],
    asked: Waiting | null,
  ): void {
    const answering = to === 'requester' ? asked : tracked.waiting;
    if (to === 'waiter') tracked.waiting = null;
    if (message.type === 'WriteTxnMarkersRequest' || answering === null) return;
    if (message.errorCode === 'COORDINATOR_LOAD_IN_PROGRESS') this.#checkNoneIsLeft(tracked);
    const { exchange, demand } = answering;
    exchange.answers[demand] = message;
    exchange.outstanding -= 1;
    if (exchange.outstanding === 0) this.answered.push(exchange);
  }

  #take(tracked: Tracked, producerId: ProducerId): void {
    if (this.allocation.take(producerId)) return;
    const expected = ['a producer id of an allocated block that was never handed out'];
    this.#disagree(
      tracked.transactionalId,
      expected,
      `producer id ${producerId}`,
      'producer ids are unique',
    );
  }

  /** A loaded coordinator may plead a lack of producer ids only while it has none. */
  #checkNoneIsLeft(tracked: Tracked): void {
    if (this.stateOf(tracked).value === 'Loading' || !this.allocation.hasAny()) return;
    const found = 'COORDINATOR_LOAD_IN_PROGRESS';
    const expected = ['a fresh producer id'];
    this.#disagree(tracked.transactionalId, expected, found, 'producer ids are left');
  }

  track(transactionalId: TransactionalId): Tracked {
    const known = this.#ids.get(transactionalId);
    if (known !== undefined) return known;
    const partition = partitionFor(transactionalId, this.#transactionStatePartitions());
    const state = this.#table.initial;
    const tracked = { transactionalId, partition, state, waiting: null, owed: null, mayOwe: false };
    this.#ids.set(transactionalId, tracked);
    const term = this.#terms.get(partition);
    if (term !== undefined) this.feed(tracked, { type: 'CoordinatorElected' });
    if (term?.isLoaded === true) {
      const { coordinatorEpoch } = term;
      const view = TRANSACTION_LOG_TOMBSTONE;
      this.feed(tracked, { type: 'CoordinatorLoaded', coordinatorEpoch, view });
    }
    return tracked;
  }

  withProducerId(producerId: number): Tracked | undefined {
    for (const tracked of this.#ids.values()) {
      if (this.#table.stateOf(tracked.state).context.producerId === producerId) return tracked;
    }
    return undefined;
  }

  /** Whether the model may use an allocated id; elsewhere the event carries none, which keeps the tables small. */
  needsProducerId(tracked: Tracked): boolean {
    const { value, context } = this.#table.stateOf(tracked.state);
    return value === 'Absent' || context.producerEpoch >= MAX_PRODUCER_EPOCH - 1;
  }

  #describe(tracked: Tracked): string {
    const { value, context } = this.#table.stateOf(tracked.state);
    return jsonOf(visible(value, context));
  }
}
