/**
 * A global state of the composition: a short vector of small integers, each the interned identity of a component's
 * local state, of a log, of a slot's content, or a budget. Equal vectors are equal states.
 */

import type { Connections } from './connections.ts';
import { connectionsOf } from './connections.ts';
import type { Fault } from './faults.ts';
import { FAULTS, lateSlots } from './faults.ts';
import type { Scope } from './scopes.ts';

export type SystemState = readonly number[];

/** Where each component is in the vector. */
export interface Layout {
  readonly size: number;
  readonly connections: Connections;
  readonly coordinator: number;
  /** Connection whose request waits for the transaction log, plus 1; 0 when none does. */
  readonly waiter: number;
  readonly coordinatorEpoch: number;
  /** Producer ids handed out. */
  readonly producerIds: number;
  readonly transactionLog: number;
  /** Ghost: a bit for each transaction in which an instance sent after a newer one was initialised (S38). */
  readonly zombieSends: number;
  producer(instance: number): number;
  leader(partition: number, producerId: number): number;
  partitionLog(partition: number): number;
  reader(partition: number): number;
  slot(connection: number): number;
  late(index: number): number;
  budget(fault: Fault): number;
  readonly lateSlots: number;
}

const SINGLES = 6;

export function layoutOf(scope: Scope): Layout {
  const { instances, partitions, producerIds, readers } = scope;
  const connections = connectionsOf(instances, partitions, producerIds);
  const slots = connections.roles.length;
  const late = lateSlots(scope.faults);
  const producers = SINGLES;
  const leaders = producers + instances;
  const partitionLogs = leaders + partitions * producerIds;
  const readerStates = partitionLogs + partitions;
  const firstSlot = readerStates + (readers === 1 ? partitions : 0);
  const firstLate = firstSlot + slots;
  const budgets = firstLate + late;
  return {
    size: budgets + FAULTS.length,
    connections,
    coordinator: 0,
    waiter: 1,
    coordinatorEpoch: 2,
    producerIds: 3,
    transactionLog: 4,
    zombieSends: 5,
    producer: (instance) => producers + instance,
    leader: (partition, producerId) => leaders + partition * producerIds + producerId,
    partitionLog: (partition) => partitionLogs + partition,
    reader: (partition) => readerStates + partition,
    slot: (connection) => firstSlot + connection,
    late: (index) => firstLate + index,
    budget: (fault) => budgets + FAULTS.indexOf(fault),
    lateSlots: late,
  };
}
