/**
 * What the composition knows beside a global state: the machines, evaluated through tables, and everything that is
 * interned. All of it is memory of pure functions; it never changes what a step does.
 */

import type { EmittedAction } from './checker/transition-table.ts';
import { TransitionTable } from './checker/transition-table.ts';
import { RecordInterner } from './checker/record-interner.ts';
import { LogStore } from './logs.ts';
import type {
  AddPartitionsToTxnResponse,
  CoordinatorRequest,
  CoordinatorResponse,
  ProduceRequest,
  ProduceResponse,
  WriteTxnMarkersRequest,
  WriteTxnMarkersResponse,
} from './messages.ts';
import type { LeaderAction } from './partition-leader.machine.ts';
import { createPartitionLeader } from './partition-leader.machine.ts';
import type { LeaderContext, LeaderEvent } from './partition-leader-state.ts';
import type { PartitionLog, PartitionView, StoredPartitionEntry } from './partition-log.ts';
import { partitionSummary, partitionView } from './partition-log.ts';
import type { ProducerAction } from './producer.machine.ts';
import { createProducer } from './producer.machine.ts';
import type { ProducerContext, ProducerEvent } from './producer-state.ts';
import type { Scope } from './scopes.ts';
import type { CoordinatorAction } from './transaction-coordinator-cells.ts';
import { createTransactionCoordinator } from './transaction-coordinator.machine.ts';
import type { CoordinatorContext, CoordinatorEvent } from './transaction-coordinator-state.ts';
import type { TransactionLog } from './transaction-log.ts';
import { transactionLogSummary } from './transaction-log.ts';

/** A machine whose local states are integers: a transition table, or whatever evaluates XState instead of it. */
export interface LocalMachine<Context, Event, Action extends EmittedAction> {
  readonly initial: number;
  eventIdOf(event: Event): number;
  step(
    state: number,
    event: number,
  ): {
    readonly next: number;
    readonly actions: readonly Action[];
    readonly outcome: 'handled' | 'ignored' | 'unexpected';
  };
  eventOf(event: number): Event;
  stateOf(state: number): { readonly value: unknown; readonly context: Context };
}

export interface Machines {
  readonly producer: LocalMachine<ProducerContext, ProducerEvent, ProducerAction>;
  readonly coordinator: LocalMachine<CoordinatorContext, CoordinatorEvent, CoordinatorAction>;
  readonly leader: LocalMachine<LeaderContext, LeaderEvent, LeaderAction>;
}

/** Machines, each behind a lazy table. */
export function tabulated(charts: MachineCharts): Machines {
  return {
    producer: new TransitionTable<typeof charts.producer, ProducerAction>(charts.producer),
    coordinator: new TransitionTable<typeof charts.coordinator, CoordinatorAction>(
      charts.coordinator,
    ),
    leader: new TransitionTable<typeof charts.leader, LeaderAction>(charts.leader),
  };
}

export type MachineCharts = ReturnType<typeof machineCharts>;

/** The XState machines within a scope's bounds; `provide` on one of them makes a mutant of a single decision. */
export function machineCharts(scope: Scope) {
  const { transactionVersion, bumpsEpoch, partitions, sequenceModulus, maxEpoch } = scope;
  return {
    producer: createProducer({
      transactionVersion,
      bumpsEpoch,
      partitions,
      maxTransactions: scope.transactions,
      maxRecords: scope.records,
      sequenceModulus,
    }),
    coordinator: createTransactionCoordinator({
      maxEpoch,
      serverTransactionVersion: transactionVersion,
    }),
    leader: createPartitionLeader({
      partitionVerification: scope.partitionVerification,
      sequenceModulus,
      maxEpoch,
    }),
  };
}

/** A machine met an event that its chart says cannot arrive: the composition or the chart is wrong. */
export class UnexpectedEventError extends Error {
  readonly code = 'UNEXPECTED_EVENT';
}

/** One local step; an event that the chart does not expect is an error of the specification. */
export function advanced<Context, Event, Action extends EmittedAction>(
  machine: LocalMachine<Context, Event, Action>,
  from: number,
  event: number,
): { readonly next: number; readonly actions: readonly Action[] } {
  const entry = machine.step(from, event);
  if (entry.outcome === 'unexpected') {
    const where = JSON.stringify(machine.stateOf(from));
    throw new UnexpectedEventError(
      `the chart does not expect ${JSON.stringify(machine.eventOf(event))} in ${where}`,
    );
  }
  return entry;
}

export type Message =
  | CoordinatorRequest
  | CoordinatorResponse
  | AddPartitionsToTxnResponse
  | ProduceRequest
  | ProduceResponse
  | WriteTxnMarkersRequest
  | WriteTxnMarkersResponse;

/** A read_committed reader: entries fetched and not yet filtered, and (ghost) what it delivered, ordered. */
export interface Reader {
  readonly fetched: number;
  readonly delivered: readonly number[];
}

/** What makes two logs one for a search. */
export interface LogIdentity {
  readonly partition: (log: PartitionLog) => unknown;
  readonly transaction: (log: TransactionLog) => unknown;
}

/** Logs are what their summaries are: the small state space. */
export const BY_SUMMARY: LogIdentity = {
  partition: partitionSummary,
  transaction: transactionLogSummary,
};

/** Logs are their lists: for traces, in which each entry is told, and as the oracle of the summaries. */
export const BY_LIST: LogIdentity = { partition: (log) => log, transaction: (log) => log };

export class SystemTables {
  readonly scope: Scope;
  readonly machines: Machines;
  readonly partitionLogs: LogStore<PartitionLog>;
  readonly transactionLogs: LogStore<TransactionLog>;
  readonly #messages = new RecordInterner<Message>();
  readonly #entries = new RecordInterner<StoredPartitionEntry>();
  readonly #readers = new RecordInterner<Reader>();
  readonly #views = new LogStore<PartitionView>((view) => view);
  readonly #viewIds: (number | undefined)[] = [];
  readonly #leaderEvents = new Map<string, number>();
  readonly #deafProducers: (boolean | undefined)[] = [];

  constructor(scope: Scope, machines: Machines, identity: LogIdentity) {
    this.scope = scope;
    this.machines = machines;
    this.partitionLogs = new LogStore(identity.partition);
    this.transactionLogs = new LogStore(identity.transaction);
  }

  messageId(message: Message): number {
    return this.#messages.idOf(message.type, message);
  }

  message(id: number): Message {
    return this.#messages.itemOf(id);
  }

  entryId(entry: StoredPartitionEntry): number {
    return this.#entries.idOf(entry.kind, entry);
  }

  readerId(reader: Reader): number {
    return this.#readers.idOf('reader', reader);
  }

  reader(id: number): Reader {
    return this.#readers.itemOf(id);
  }

  /** The view of a producer id in a log, by definition, scanned once a log. */
  viewId(log: number, producerId: number): number {
    const index = log * this.scope.producerIds + producerId;
    const known = this.#viewIds[index];
    if (known !== undefined) return known;
    const id = this.#views.idOf(partitionView(this.partitionLogs.logOf(log), producerId));
    this.#viewIds[index] = id;
    return id;
  }

  /** The leader's event for a message that comes with a view; -1 as connection for an answer. */
  leaderEvent(message: number, connection: number, view: number): number {
    const key = `${message} ${connection} ${view}`;
    const known = this.#leaderEvents.get(key);
    if (known !== undefined) return known;
    const content = this.message(message);
    const seen = this.#views.logOf(view);
    const event = (
      content.type === 'AddPartitionsToTxnResponse'
        ? { ...content, view: seen }
        : { ...content, connection, view: seen }
    ) as LeaderEvent;
    const id = this.machines.leader.eventIdOf(event);
    this.#leaderEvents.set(key, id);
    return id;
  }

  /** Whether an instance does nothing more: its state is FatalError or Crashed. */
  isDeaf(producer: number): boolean {
    const known = this.#deafProducers[producer];
    if (known !== undefined) return known;
    const { value } = this.machines.producer.stateOf(producer);
    const deaf = value === 'FatalError' || value === 'Crashed';
    this.#deafProducers[producer] = deaf;
    return deaf;
  }
}
