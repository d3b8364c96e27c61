/**
 * What can happen in a state of the composition, in families: each looks at its own few components of the state, and
 * therefore need not be asked again while these stay the same.
 */

import { EMPTY_SLOT, phaseOf } from './connections.ts';
import type { Fault } from './faults.ts';
import { lastStableOffset } from './partition-log.ts';
import type { BatchFate } from './system-faults.ts';
import type { Call, System, SystemAction } from './system.ts';
import { Draft } from './system-draft.ts';
import { overlaid } from './state-overlay.ts';
import type { SystemState } from './system-state.ts';

export interface ActionFamily {
  readonly name: string;
  readonly enabled: (state: SystemState) => readonly SystemAction[];
}

/** All of a system's, in the order in which its actions are listed. */
export function familiesOf(system: System): readonly ActionFamily[] {
  return new Families(system).all();
}

class Families {
  readonly #system: System;
  readonly #calls: readonly Call[];

  constructor(system: System) {
    this.#system = system;
    this.#calls = [
      { type: 'InitTransactions' },
      { type: 'BeginTransaction' },
      ...system.partitions.map((partition) => ({ type: 'Send' as const, partition })),
      { type: 'CommitTransaction' },
      { type: 'AbortTransaction' },
    ];
  }

  all(): readonly ActionFamily[] {
    const { scope, layout, partitions } = this.#system;
    const instances = numbers(scope.instances);
    const connections = numbers(layout.connections.roles.length);
    return [
      ...family('calls of instance', instances, (state, at) => this.#callsOf(state, at)),
      ...family('delivery on connection', connections, (state, at) => this.#deliveries(state, at)),
      ...family('late request', numbers(layout.lateSlots), (state, slot) =>
        this.#late(state, slot),
      ),
      ...family('replication of the transaction log', [0], (state) => this.#replication(state)),
      ...family('replication of partition', partitions, (state, at) =>
        this.#draft(state).unreplicatedEntries(at) > 0
          ? [{ type: 'ReplicateEntry', partition: at }]
          : [],
      ),
      ...family('reading of partition', scope.readers === 1 ? partitions : [], (state, at) =>
        this.#reading(state, at),
      ),
      ...family('fault on connection', connections, (state, at) => this.#faults(state, at)),
      ...family('crash of instance', instances, (state, at) => this.#producerCrash(state, at)),
      ...family('crash of the coordinator', [0], (state) => this.#coordinatorCrash(state)),
      ...family('crash of leader', partitions, (state, at) => this.#leaderCrash(state, at)),
      ...family('transaction timeout', [0], (state) =>
        this.#allows(state, 'transactionTimeout') && this.#draft(state).canTimeOut()
          ? [{ type: 'TimeOutTransaction' }]
          : [],
      ),
    ];
  }

  /** To ask, not to change. */
  #draft(state: SystemState): Draft {
    const { tables, layout } = this.#system;
    return new Draft(tables, layout, state as number[]);
  }

  #allows(state: SystemState, fault: Fault): boolean {
    return state[this.#system.layout.budget(fault)]! > 0;
  }

  /** A new instance starts when the one before does nothing more, or as its zombie's rival. */
  #callsOf(state: SystemState, instance: number): readonly SystemAction[] {
    const { layout, tables } = this.#system;
    const { producer } = tables.machines;
    const from = state[layout.producer(instance)]!;
    const actions: SystemAction[] = [];
    for (const call of this.#calls) {
      if (producer.step(from, producer.eventIdOf(call)).outcome !== 'handled') continue;
      const before =
        call.type === 'InitTransactions' && instance > 0
          ? state[layout.producer(instance - 1)]!
          : undefined;
      const rivals = before !== undefined && !tables.isDeaf(before);
      if (rivals && (before === producer.initial || !this.#allows(state, 'zombie'))) continue;
      actions.push({ type: 'Call', instance, call, zombie: rivals ? 1 : 0 });
    }
    return actions;
  }

  #deliveries(state: SystemState, connection: number): readonly SystemAction[] {
    const phase = phaseOf(state[this.#system.layout.slot(connection)]!);
    if (phase === 'request') return [{ type: 'TakeRequest', connection }];
    return phase === 'response' ? [{ type: 'TakeResponse', connection }] : [];
  }

  #late(state: SystemState, slot: number): readonly SystemAction[] {
    const isEmpty = state[this.#system.layout.late(slot)] === EMPTY_SLOT;
    return isEmpty ? [] : [{ type: 'TakeLateRequest', slot }];
  }

  #replication(state: SystemState): readonly SystemAction[] {
    return this.#draft(state).unreplicatedRecords() > 0 ? [{ type: 'ReplicateRecord' }] : [];
  }

  #reading(state: SystemState, partition: number): readonly SystemAction[] {
    const { tables, layout } = this.#system;
    const log = tables.partitionLogs.logOf(state[layout.partitionLog(partition)]!);
    const { fetched } = tables.reader(state[layout.reader(partition)]!);
    if (fetched > 0) return [{ type: 'ReadAborted', partition }];
    return lastStableOffset(log) > log.position ? [{ type: 'ReadLog', partition }] : [];
  }

  #faults(state: SystemState, connection: number): readonly SystemAction[] {
    const { layout, tables } = this.#system;
    const { kind, instance } = layout.connections.roles[connection]!;
    const phase = phaseOf(state[layout.slot(connection)]!);
    if (phase === 'empty') return [];
    const isClient = kind === 'clientToCoordinator' || kind === 'clientToLeader';
    if (isClient && tables.isDeaf(state[layout.producer(instance)]!)) return [];
    const actions: SystemAction[] = [];
    const batches: readonly BatchFate[] =
      kind === 'clientToLeader' ? ['retried', 'expired'] : ['retried'];
    for (const batch of batches) {
      const lose = { type: 'Lose', connection, batch } as const;
      if (this.#allows(state, 'loss') && this.#matters(state, lose)) actions.push(lose);
      if (this.#allows(state, 'delay') && phase === 'request') {
        actions.push({ type: 'Delay', connection, batch });
      }
    }
    if (this.#allows(state, 'duplication') && phase === 'request') {
      actions.push({ type: 'Duplicate', connection });
    }
    return actions;
  }

  /** Losing a request that its sender sends again at once spends budget and changes nothing else: that is no action. */
  #matters(state: SystemState, lose: SystemAction): boolean {
    const { tables, layout } = this.#system;
    const after = overlaid((field) => state[field]!);
    this.#system.perform(new Draft(tables, layout, after.state), lose);
    const budget = layout.budget('loss');
    return [...after.writes].some(([field, value]) => field !== budget && value !== state[field]);
  }

  #producerCrash(state: SystemState, instance: number): readonly SystemAction[] {
    const { layout, tables } = this.#system;
    if (!this.#allows(state, 'producerCrash')) return [];
    const at = state[layout.producer(instance)]!;
    const isOut = at === tables.machines.producer.initial || tables.isDeaf(at);
    return isOut ? [] : [{ type: 'CrashProducer', instance }];
  }

  #coordinatorCrash(state: SystemState): readonly SystemAction[] {
    if (!this.#allows(state, 'coordinatorCrash')) return [];
    const draft = this.#draft(state);
    const actions: SystemAction[] = [];
    for (let kept = 0; kept <= draft.unreplicatedRecords(); kept += 1) {
      actions.push({ type: 'CrashCoordinator', kept, markers: 'lost' });
      if (this.#allows(state, 'delay') && this.#someMarkerIsUnderWay(draft)) {
        actions.push({ type: 'CrashCoordinator', kept, markers: 'late' });
      }
    }
    return actions;
  }

  /** One late slot is paid for, so one marker at most. */
  #someMarkerIsUnderWay(draft: Draft): boolean {
    const { layout, partitions } = this.#system;
    const markers = partitions.filter(
      (partition) =>
        phaseOf(draft.content(layout.connections.coordinatorToLeader(partition))) === 'request',
    );
    return markers.length === 1;
  }

  #leaderCrash(state: SystemState, partition: number): readonly SystemAction[] {
    if (!this.#allows(state, 'leaderCrash')) return [];
    const actions: SystemAction[] = [];
    for (let kept = 0; kept <= this.#draft(state).unreplicatedEntries(partition); kept += 1) {
      for (const fromSnapshot of [0, 1] as const) {
        for (const batch of ['retried', 'expired'] as const) {
          actions.push({ type: 'CrashLeader', partition, kept, fromSnapshot, batch });
        }
      }
    }
    return actions;
  }
}

/** One for each of several places. */
function family(
  name: string,
  places: readonly number[],
  enabled: (state: SystemState, place: number) => readonly SystemAction[],
): readonly ActionFamily[] {
  return places.map((place) => ({
    name: `${name} ${place}`,
    enabled: (state) => enabled(state, place),
  }));
}

function numbers(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
