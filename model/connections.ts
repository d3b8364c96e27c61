/**
 * Who is connected to whom. Each pair has a connection of its own, so that a marker cannot push a produce request
 * ahead of itself; without that the anomalies of KIP-890 do not exist. Every sender here has at most one request
 * outstanding on a connection and the server answers in order, so a connection's FIFO is one slot: empty, a request
 * under way, a request that the server has taken and not answered, or an answer under way.
 *
 * A slot's content is one integer: what phase, which message, and a ghost: the application transaction that caused
 * the message. A request that outlived its connection is in a late slot, and nobody hears its answer.
 */

import { NO_TRANSACTION } from './records.ts';

export type ConnectionIndex = number;

export type ConnectionKind =
  | 'clientToCoordinator'
  | 'clientToLeader'
  | 'coordinatorToLeader'
  | 'leaderToCoordinator';

export interface ConnectionRole {
  readonly kind: ConnectionKind;
  /** The producer instance at the client end, -1 if a broker is. */
  readonly instance: number;
  /** The partition whose leader is at an end, -1 if none is. */
  readonly partition: number;
  /** The producer id that a leader asks the coordinator about, -1 on the other connections. */
  readonly producerId: number;
}

export interface Connections {
  readonly roles: readonly ConnectionRole[];
  clientToCoordinator(instance: number): ConnectionIndex;
  clientToLeader(instance: number, partition: number): ConnectionIndex;
  coordinatorToLeader(partition: number): ConnectionIndex;
  leaderToCoordinator(partition: number, producerId: number): ConnectionIndex;
}

/** Numbers the connections of a cluster. */
export function connectionsOf(
  instances: number,
  partitions: number,
  producerIds: number,
): Connections {
  const roles: ConnectionRole[] = [];
  const none = { instance: -1, partition: -1, producerId: -1 };
  for (const instance of counted(instances)) {
    roles.push({ ...none, kind: 'clientToCoordinator', instance });
  }
  for (const instance of counted(instances)) {
    for (const partition of counted(partitions)) {
      roles.push({ ...none, kind: 'clientToLeader', instance, partition });
    }
  }
  for (const partition of counted(partitions)) {
    roles.push({ ...none, kind: 'coordinatorToLeader', partition });
  }
  for (const partition of counted(partitions)) {
    for (const producerId of counted(producerIds)) {
      roles.push({ ...none, kind: 'leaderToCoordinator', partition, producerId });
    }
  }
  const afterClients = instances * (1 + partitions);
  return {
    roles,
    clientToCoordinator: (instance) => instance,
    clientToLeader: (instance, partition) => instances + instance * partitions + partition,
    coordinatorToLeader: (partition) => afterClients + partition,
    leaderToCoordinator: (partition, producerId) =>
      afterClients + partitions + partition * producerIds + producerId,
  };
}

function counted(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export const PHASES = ['request', 'parked', 'response'] as const;
export type Phase = (typeof PHASES)[number];

export type SlotContent = number;
export const EMPTY_SLOT: SlotContent = 0;

/** Ghosts are -1 to 63 (records.ts). */
const GHOSTS = 65;

export function slotContent(phase: Phase, message: number, transaction: number): SlotContent {
  return (message * PHASES.length + PHASES.indexOf(phase)) * GHOSTS + transaction + 2;
}

export function phaseOf(content: SlotContent): Phase | 'empty' {
  if (content === EMPTY_SLOT) return 'empty';
  return PHASES[Math.floor((content - 1) / GHOSTS) % PHASES.length]!;
}

export function messageOf(content: SlotContent): number {
  return Math.floor((content - 1) / (GHOSTS * PHASES.length));
}

/** The ghost of a content, -1 for a message that no application transaction caused. */
export function transactionOfContent(content: SlotContent): number {
  return content === EMPTY_SLOT ? NO_TRANSACTION : ((content - 1) % GHOSTS) - 1;
}

/** A late request: what it says, and the connection that it outlived. */
export function lateContent(
  content: SlotContent,
  connection: ConnectionIndex,
  roles: number,
): number {
  return content * roles + connection;
}

export function lateRequest(late: number, roles: number): [SlotContent, ConnectionIndex] {
  return [Math.floor(late / roles), late % roles];
}
