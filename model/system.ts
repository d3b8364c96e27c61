/**
 * The composition of the specification: producers, the coordinator, partition leaders, logs, connections, faults and
 * readers, as a pure step function. `enabledActions` says what can happen in a state, `step` what it leads to; a step
 * depends on the state and the action alone, and every choice is in the action.
 */

import type { Fault } from './faults.ts';
import { FAULTS } from './faults.ts';
import { deliverable, EMPTY_PARTITION_LOG, lastStableOffset, readOn } from './partition-log.ts';
import type { ProducerContext, ProducerEvent } from './producer-state.ts';
import type { Scope } from './scopes.ts';
import { Draft } from './system-draft.ts';
import type { BatchFate, Reload } from './system-faults.ts';
import * as faults from './system-faults.ts';
import type { Layout, SystemState } from './system-state.ts';
import { layoutOf } from './system-state.ts';
import type { ActionFamily } from './system-families.ts';
import { familiesOf } from './system-families.ts';
import type { LogIdentity, Machines } from './system-tables.ts';
import { BY_SUMMARY, machineCharts, SystemTables, tabulated } from './system-tables.ts';
import { EMPTY_TRANSACTION_LOG } from './transaction-log.ts';

/** What an application calls. */
export type Call = Extract<
  ProducerEvent,
  {
    readonly type:
      | 'InitTransactions'
      | 'BeginTransaction'
      | 'Send'
      | 'CommitTransaction'
      | 'AbortTransaction';
  }
>;

export type SystemAction =
  | {
      readonly type: 'Call';
      readonly instance: number;
      readonly call: Call;
      readonly zombie: 0 | 1;
    }
  /** The server takes the request on a connection. */
  | { readonly type: 'TakeRequest'; readonly connection: number }
  /** The sender gets its answer. */
  | { readonly type: 'TakeResponse'; readonly connection: number }
  | { readonly type: 'ReplicateRecord' }
  | { readonly type: 'ReplicateEntry'; readonly partition: number }
  /** A reader fetches up to the last stable offset; then it is told what was aborted, and delivers. */
  | { readonly type: 'ReadLog'; readonly partition: number }
  | { readonly type: 'ReadAborted'; readonly partition: number }
  | { readonly type: 'TakeLateRequest'; readonly slot: number }
  | { readonly type: 'Lose' | 'Delay'; readonly connection: number; readonly batch: BatchFate }
  | { readonly type: 'Duplicate'; readonly connection: number }
  | { readonly type: 'CrashProducer'; readonly instance: number }
  | { readonly type: 'CrashCoordinator'; readonly kept: number; readonly markers: 'lost' | 'late' }
  | ({
      readonly type: 'CrashLeader';
      readonly partition: number;
      readonly batch: BatchFate;
    } & Reload)
  | { readonly type: 'TimeOutTransaction' };

export class System {
  readonly scope: Scope;
  readonly layout: Layout;
  readonly tables: SystemTables;
  readonly partitions: readonly number[];
  readonly families: readonly ActionFamily[];

  /** Unless the caller says otherwise, machines are tables over XState, and a log is what its summary is. */
  constructor(
    scope: Scope,
    machines: Machines = tabulated(machineCharts(scope)),
    identity: LogIdentity = BY_SUMMARY,
  ) {
    this.scope = scope;
    this.layout = layoutOf(scope);
    this.tables = new SystemTables(scope, machines, identity);
    this.partitions = Array.from({ length: scope.partitions }, (_, partition) => partition);
    this.families = familiesOf(this);
  }

  initialState(): SystemState {
    const { scope, layout, tables } = this;
    const draft = new Draft(tables, layout, Array<number>(layout.size).fill(0));
    const { state } = draft;
    const { producer, coordinator, leader } = tables.machines;
    state[layout.coordinator] = coordinator.initial;
    state[layout.transactionLog] = tables.transactionLogs.idOf(EMPTY_TRANSACTION_LOG);
    for (let instance = 0; instance < scope.instances; instance += 1) {
      state[layout.producer(instance)] = producer.initial;
    }
    for (const partition of this.partitions) {
      state[layout.partitionLog(partition)] = tables.partitionLogs.idOf(EMPTY_PARTITION_LOG);
      for (let producerId = 0; producerId < scope.producerIds; producerId += 1) {
        state[layout.leader(partition, producerId)] = leader.initial;
      }
      if (scope.readers === 1) {
        state[layout.reader(partition)] = tables.readerId({ fetched: 0, delivered: [] });
      }
    }
    for (const fault of FAULTS) state[layout.budget(fault)] = scope.faults[fault];
    faults.electCoordinator(draft);
    return state;
  }

  enabledActions(state: SystemState): readonly SystemAction[] {
    return this.families.flatMap(({ enabled }) => enabled(state));
  }

  /** The state after `action`, which must be enabled. */
  step(state: SystemState, action: SystemAction): SystemState {
    const draft = new Draft(this.tables, this.layout, [...state]);
    this.perform(draft, action);
    return draft.state;
  }

  /** Carries out `action`, which must be enabled in the draft's state. */
  perform(draft: Draft, action: SystemAction): void {
    const fault = faultOf(action);
    if (fault !== undefined) draft.state[this.layout.budget(fault)]! -= 1;
    switch (action.type) {
      case 'Call':
        return this.#call(draft, action.instance, action.call);
      case 'TakeRequest':
        return draft.takeRequest(action.connection);
      case 'TakeResponse':
        return draft.takeResponse(action.connection);
      case 'ReplicateRecord':
        return draft.replicateRecord();
      case 'ReplicateEntry':
        return draft.replicateEntry(action.partition);
      case 'ReadLog':
        return this.#readLog(draft, action.partition);
      case 'ReadAborted':
        return this.#readAborted(draft, action.partition);
      case 'TakeLateRequest':
        return faults.deliverLate(draft, action.slot);
      case 'Lose':
        return faults.loseRequest(draft, action.connection, action.batch);
      case 'Delay':
        return faults.delayRequest(draft, action.connection, action.batch);
      case 'Duplicate':
        return faults.duplicateRequest(draft, action.connection);
      case 'CrashProducer':
        return draft.tellProducer(action.instance, { type: 'ProducerCrashed' });
      case 'CrashCoordinator':
        if (action.markers === 'late') draft.state[this.layout.budget('delay')]! -= 1;
        return faults.crashCoordinator(draft, action.kept, action.markers);
      case 'CrashLeader':
        return faults.crashLeader(draft, action.partition, action, action.batch);
      case 'TimeOutTransaction':
        return draft.timeOutTransaction();
    }
  }

  #call(draft: Draft, instance: number, call: Call): void {
    if (call.type === 'Send' && this.#isFenced(draft.state, instance)) {
      const { told } = this.#producerContext(draft.state, instance);
      const bit = 1 << (instance * this.scope.transactions + told.length - 1);
      draft.state[this.layout.zombieSends]! |= bit;
    }
    draft.tellProducer(instance, call);
  }

  #producerContext(state: SystemState, instance: number): ProducerContext {
    return this.tables.machines.producer.stateOf(state[this.layout.producer(instance)]!).context;
  }

  /** Whether another instance holds a newer identity: a later producer id, or a higher epoch of the same. */
  #isFenced(state: SystemState, instance: number): boolean {
    const own = this.#producerContext(state, instance);
    return Array.from({ length: this.scope.instances }, (_, other) =>
      this.#producerContext(state, other),
    ).some(
      (other) =>
        other.producerId > own.producerId ||
        (other.producerId === own.producerId && other.producerEpoch > own.producerEpoch),
    );
  }

  #readLog(draft: Draft, partition: number): void {
    const { partitionLogs } = this.tables;
    const log = partitionLogs.logOf(draft.state[this.layout.partitionLog(partition)]!);
    const at = this.layout.reader(partition);
    const { delivered } = this.tables.reader(draft.state[at]!);
    const fetched = lastStableOffset(log) - log.position;
    draft.state[at] = this.tables.readerId({ fetched, delivered });
  }

  #readAborted(draft: Draft, partition: number): void {
    const { partitionLogs } = this.tables;
    const at = this.layout.reader(partition);
    const logAt = this.layout.partitionLog(partition);
    const { fetched, delivered } = this.tables.reader(draft.state[at]!);
    const fresh = deliverable(partitionLogs.logOf(draft.state[logAt]!), fetched);
    const all = [...delivered, ...fresh].sort((a, b) => a - b);
    draft.state[at] = this.tables.readerId({ fetched: 0, delivered: all });
    draft.state[logAt] = partitionLogs.after(draft.state[logAt]!, `read ${fetched}`, (log) =>
      readOn(log, fetched),
    );
  }
}

/** The budget that an action is paid from. */
export function faultOf(action: SystemAction): Fault | undefined {
  switch (action.type) {
    case 'Call':
      return action.zombie === 1 ? 'zombie' : undefined;
    case 'Lose':
      return 'loss';
    case 'Delay':
      return 'delay';
    case 'Duplicate':
      return 'duplication';
    case 'CrashProducer':
      return 'producerCrash';
    case 'CrashCoordinator':
      return 'coordinatorCrash';
    case 'CrashLeader':
      return 'leaderCrash';
    case 'TimeOutTransaction':
      return 'transactionTimeout';
    default:
      return undefined;
  }
}
