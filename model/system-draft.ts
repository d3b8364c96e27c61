/**
 * One step of the composition, as it is carried out: a copy of the vector, in which machines take events and what they
 * send and append is put where it belongs. Addresses are translated here and nowhere else: a leader calls its
 * partition bit 0, a producer numbers its own transactions from 0.
 */

import type { ConnectionIndex, ConnectionRole, SlotContent } from './connections.ts';
import {
  EMPTY_SLOT,
  messageOf,
  phaseOf,
  slotContent,
  transactionOfContent,
} from './connections.ts';
import type { TransactionLogEntry, WriteTxnMarkersRequest } from './messages.ts';
import { OWN_PARTITION } from './append-rules.ts';
import type { LeaderAction } from './partition-leader.machine.ts';
import { NO_CONNECTION } from './partition-leader-state.ts';
import type { PartitionLogEntry } from './partition-log.ts';
import { appended, replicated } from './partition-log.ts';
import type { ProducerSend } from './producer-changes.ts';
import type { ProducerEvent } from './producer-state.ts';
import { NO_TRANSACTION, recordName, transactionName, transactionOf } from './records.ts';
import type { Layout } from './system-state.ts';
import type { LocalMachine, Message, SystemTables } from './system-tables.ts';
import { advanced, UnexpectedEventError } from './system-tables.ts';
import type { EmittedAction } from './checker/transition-table.ts';
import type { CoordinatorEvent } from './transaction-coordinator-state.ts';
import { durableRecord, recordAppended, recordReplicated } from './transaction-log.ts';

/** Why a coordinator does something: the request, if any, as ghosts and as the address of its answer. */
interface Cause {
  readonly connection: ConnectionIndex;
  readonly transaction: number;
  readonly requestEpoch: number;
}

const NO_CAUSE: Cause = {
  connection: NO_CONNECTION,
  transaction: NO_TRANSACTION,
  requestEpoch: -1,
};

const REPLICATED = { type: 'Replicated' } as const;

export class Draft {
  readonly state: number[];
  readonly tables: SystemTables;
  readonly layout: Layout;

  /** `state` is changed. */
  constructor(tables: SystemTables, layout: Layout, state: number[]) {
    this.tables = tables;
    this.layout = layout;
    this.state = state;
  }

  content(connection: ConnectionIndex): SlotContent {
    return this.state[this.layout.slot(connection)]!;
  }

  putContent(connection: ConnectionIndex, content: SlotContent): void {
    this.state[this.layout.slot(connection)] = content;
  }

  role(connection: ConnectionIndex): ConnectionRole {
    return this.layout.connections.roles[connection]!;
  }

  #request(connection: ConnectionIndex, message: Message, transaction: number): void {
    if (this.content(connection) !== EMPTY_SLOT) {
      throw new UnexpectedEventError(
        `expected connection ${connection} to be free for ${JSON.stringify(message)}`,
      );
    }
    this.putContent(
      connection,
      slotContent('request', this.tables.messageId(message), transaction),
    );
  }

  /** Puts an answer on its way, unless nobody waits for it. */
  #respond(connection: ConnectionIndex, message: Message): void {
    if (connection === NO_CONNECTION || phaseOf(this.content(connection)) !== 'parked') return;
    const id = this.tables.messageId(message);
    this.putContent(connection, slotContent('response', id, NO_TRANSACTION));
  }

  /** The server takes a request; its answer finds the slot parked. */
  takeRequest(connection: ConnectionIndex): void {
    const content = this.content(connection);
    const { instance } = this.role(connection);
    if (instance !== -1 && this.isDeaf(instance)) {
      this.putContent(connection, EMPTY_SLOT);
      this.serve(this.role(connection), content, NO_CONNECTION);
      return;
    }
    const parked = slotContent('parked', messageOf(content), transactionOfContent(content));
    this.putContent(connection, parked);
    this.serve(this.role(connection), content, connection);
  }

  /** The sender gets its answer, and the connection is free again. */
  takeResponse(connection: ConnectionIndex): void {
    const content = this.content(connection);
    const { kind, instance, partition, producerId } = this.role(connection);
    this.putContent(connection, EMPTY_SLOT);
    const message = this.tables.message(messageOf(content));
    if (message.type === 'ProduceResponse') {
      this.tellProducer(instance, { ...message, partition });
    } else if (message.type === 'WriteTxnMarkersResponse') {
      this.tellCoordinator(message);
    } else if (kind === 'leaderToCoordinator') {
      this.tellLeaderVerdict(partition, producerId, messageOf(content));
    } else {
      this.tellProducer(instance, message as ProducerEvent);
    }
  }

  isDeaf(instance: number): boolean {
    return this.tables.isDeaf(this.state[this.layout.producer(instance)]!);
  }

  /** Hands a request to its server; `connection` -1: nobody hears the answer. */
  serve(role: ConnectionRole, content: SlotContent, connection: ConnectionIndex): void {
    const message = this.tables.message(messageOf(content));
    const transaction = transactionOfContent(content);
    switch (message.type) {
      case 'ProduceRequest': {
        const peer = connection === NO_CONNECTION ? NO_CONNECTION : role.instance;
        this.#tellLeader(role.partition, message.producerId, messageOf(content), peer, transaction);
        return;
      }
      case 'WriteTxnMarkersRequest': {
        const peer = connection === NO_CONNECTION ? NO_CONNECTION : this.tables.scope.instances;
        this.#tellLeader(role.partition, message.producerId, messageOf(content), peer, transaction);
        return;
      }
      case 'InitProducerIdRequest':
      case 'EndTxnRequest': {
        const requestEpoch = message.type === 'EndTxnRequest' ? message.producerEpoch : -1;
        const event = { ...message, allocatedProducerId: this.#freeProducerId() };
        this.tellCoordinator(event, { connection, transaction, requestEpoch });
        return;
      }
      case 'AddPartitionsToTxnRequest':
        this.tellCoordinator(message, {
          connection,
          transaction,
          requestEpoch: message.producerEpoch,
        });
        return;
      default:
        throw new UnexpectedEventError(`expected a request; found ${JSON.stringify(message)}`);
    }
  }

  #freeProducerId(): number {
    const next = this.state[this.layout.producerIds]!;
    return next < this.tables.scope.producerIds ? next : -1;
  }

  tellProducer(instance: number, event: ProducerEvent): void {
    const at = this.layout.producer(instance);
    const machine = this.tables.machines.producer;
    const actions = this.#advance(at, machine, machine.eventIdOf(event));
    for (const action of actions) {
      if (action.type === 'send') this.#sendFromProducer(instance, action.params);
    }
    if (this.isDeaf(instance)) this.#hangUp(instance);
  }

  #advance<Context, Event, Action extends EmittedAction>(
    at: number,
    machine: LocalMachine<Context, Event, Action>,
    event: number,
  ): readonly Action[] {
    const { next, actions } = advanced(machine, this.state[at]!, event);
    this.state[at] = next;
    return actions;
  }

  #sendFromProducer(instance: number, params: ProducerSend): void {
    const { told } = this.tables.machines.producer.stateOf(
      this.state[this.layout.producer(instance)]!,
    ).context;
    const transaction =
      told.length === 0 ? NO_TRANSACTION : transactionName(instance, told.length - 1);
    const { connections } = this.layout;
    if (params.to === 'coordinator') {
      this.#request(connections.clientToCoordinator(instance), params.message, transaction);
      return;
    }
    const record = recordName(transactionName(instance, 0), 0) + params.message.record;
    const message = { ...params.message, record };
    this.#request(connections.clientToLeader(instance, params.partition), message, transaction);
  }

  /** A dead client closes its connections; what it had sent is still under way. */
  #hangUp(instance: number): void {
    for (const [connection, role] of this.layout.connections.roles.entries()) {
      if (role.instance !== instance) continue;
      const phase = phaseOf(this.content(connection));
      if (phase === 'request' || phase === 'empty') continue;
      this.closeServer(connection);
      this.putContent(connection, EMPTY_SLOT);
    }
  }

  /** The server learns that nobody waits for the answer to the request that it parked. */
  closeServer(connection: ConnectionIndex): void {
    const content = this.content(connection);
    if (phaseOf(content) !== 'parked') return;
    if (this.state[this.layout.waiter] === connection + 1) this.state[this.layout.waiter] = 0;
    const message = this.tables.message(messageOf(content));
    const { kind, partition, instance } = this.role(connection);
    if (kind !== 'clientToLeader' && kind !== 'coordinatorToLeader') return;
    const peer = kind === 'clientToLeader' ? instance : this.tables.scope.instances;
    const { leader } = this.tables.machines;
    const event = leader.eventIdOf({ type: 'Closed', connection: peer });
    const producerId = 'producerId' in message ? message.producerId : 0;
    this.#advanceLeader(partition, producerId, event, NO_TRANSACTION);
  }

  tellCoordinator(event: CoordinatorEvent, cause: Cause = NO_CAUSE): void {
    this.#stepCoordinator(event, cause);
    if (this.tables.scope.transactionLogLags === 1) return;
    while (this.unreplicatedRecords() > 0) this.replicateRecord();
  }

  #stepCoordinator(event: CoordinatorEvent, cause: Cause): void {
    const machine = this.tables.machines.coordinator;
    const actions = this.#advance(this.layout.coordinator, machine, machine.eventIdOf(event));
    let isAnswered = false;
    let hasAppended = false;
    for (const action of actions) {
      if (action.type === 'append') {
        this.#appendRecord(action.params, cause);
        hasAppended = true;
      } else if (action.type === 'takeProducerId') {
        this.state[this.layout.producerIds]! += 1;
      } else if (action.type === 'send') {
        const { to, message } = action.params;
        if (to === 'leaders') this.#sendMarkers(message as WriteTxnMarkersRequest);
        else if (to === 'waiter') this.#respondToWaiter(message);
        else this.#respond(cause.connection, message);
        isAnswered ||= to === 'requester';
      }
    }
    if (hasAppended && !isAnswered) this.state[this.layout.waiter] = cause.connection + 1;
  }

  #appendRecord(entry: TransactionLogEntry, { transaction, requestEpoch }: Cause): void {
    const at = this.layout.transactionLog;
    const name = `append ${Object.values(entry).join(' ')} ${transaction} ${requestEpoch}`;
    this.state[at] = this.tables.transactionLogs.after(this.state[at]!, name, (log) =>
      recordAppended(log, entry, transaction, requestEpoch),
    );
  }

  #respondToWaiter(message: Message): void {
    this.#respond(this.state[this.layout.waiter]! - 1, message);
    this.state[this.layout.waiter] = 0;
  }

  unreplicatedRecords(): number {
    const log = this.tables.transactionLogs.logOf(this.state[this.layout.transactionLog]!);
    return log.entries.length - log.highWatermark;
  }

  replicateRecord(): void {
    const at = this.layout.transactionLog;
    this.state[at] = this.tables.transactionLogs.after(this.state[at]!, 'replicate', (log) =>
      recordReplicated(log),
    );
    this.#stepCoordinator({ type: 'TransactionLogAppended' }, NO_CAUSE);
  }

  /** Each leader is sent its own bit of the partitions (TransactionMarkerChannelManager groups by leader). */
  #sendMarkers(message: WriteTxnMarkersRequest): void {
    const log = this.tables.transactionLogs.logOf(this.state[this.layout.transactionLog]!);
    const { owner } = durableRecord(log);
    for (let partition = 0; partition < this.tables.scope.partitions; partition += 1) {
      if ((message.partitions & (1 << partition)) === 0) continue;
      const connection = this.layout.connections.coordinatorToLeader(partition);
      this.#request(connection, { ...message, partitions: OWN_PARTITION }, owner);
    }
  }

  canTimeOut(): boolean {
    const { coordinator } = this.tables.machines;
    const event = coordinator.eventIdOf(this.#timeout());
    return coordinator.step(this.state[this.layout.coordinator]!, event).outcome === 'handled';
  }

  timeOutTransaction(): void {
    this.tellCoordinator(this.#timeout());
  }

  #timeout(): CoordinatorEvent {
    return { type: 'TransactionTimedOut', allocatedProducerId: this.#freeProducerId() };
  }

  #tellLeader(
    partition: number,
    producerId: number,
    message: number,
    peer: number,
    transaction: number,
  ): void {
    const log = this.state[this.layout.partitionLog(partition)]!;
    const event = this.tables.leaderEvent(message, peer, this.tables.viewId(log, producerId));
    this.#advanceLeader(partition, producerId, event, transaction);
  }

  /** The coordinator's answer to the leader's own request. */
  tellLeaderVerdict(partition: number, producerId: number, message: number): void {
    this.#tellLeader(partition, producerId, message, NO_CONNECTION, NO_TRANSACTION);
  }

  #advanceLeader(partition: number, producerId: number, event: number, transaction: number): void {
    const at = this.layout.leader(partition, producerId);
    const actions = this.#advance(at, this.tables.machines.leader, event);
    for (const action of actions) this.#carryOut(action, partition, producerId, transaction);
    if (this.tables.scope.partitionLogsLag === 1) return;
    while (this.unreplicatedEntries(partition) > 0) this.replicateEntry(partition);
  }

  #carryOut(
    action: LeaderAction,
    partition: number,
    producerId: number,
    transaction: number,
  ): void {
    if (action.type === 'append') {
      this.#appendEntry(partition, action.params, transaction);
    } else if (action.type === 'send' && action.params.to === 'coordinator') {
      const { asked } = this.tables.machines.leader.stateOf(
        this.state[this.layout.leader(partition, producerId)]!,
      ).context;
      const connection = this.layout.connections.leaderToCoordinator(partition, producerId);
      const message = { ...action.params.message, partitions: 1 << partition };
      this.#request(connection, message, transactionOf(asked[0]!.record));
    } else if (action.type === 'send' && action.params.to === 'connection') {
      const { connection: peer, message } = action.params;
      const isMarker = message.type === 'WriteTxnMarkersResponse';
      this.#respond(
        this.#connectionOfPeer(peer, partition),
        isMarker ? { ...message, partitions: 1 << partition } : message,
      );
    }
  }

  #connectionOfPeer(peer: number, partition: number): ConnectionIndex {
    const { connections } = this.layout;
    if (peer === NO_CONNECTION) return NO_CONNECTION;
    return peer === this.tables.scope.instances
      ? connections.coordinatorToLeader(partition)
      : connections.clientToLeader(peer, partition);
  }

  #appendEntry(partition: number, entry: PartitionLogEntry, owner: number): void {
    const at = this.layout.partitionLog(partition);
    const stored = entry.kind === 'marker' ? { ...entry, owner } : entry;
    const name = `append ${this.tables.entryId(stored)}`;
    this.state[at] = this.tables.partitionLogs.after(this.state[at]!, name, (log) =>
      appended(log, stored),
    );
  }

  unreplicatedEntries(partition: number): number {
    const log = this.tables.partitionLogs.logOf(this.state[this.layout.partitionLog(partition)]!);
    return log.entries.length - log.highWatermark;
  }

  replicateEntry(partition: number): void {
    const { scope, machines, partitionLogs } = this.tables;
    const at = this.layout.partitionLog(partition);
    this.state[at] = partitionLogs.after(this.state[at]!, 'replicate', (log) =>
      replicated(log, scope.readers),
    );
    const event = machines.leader.eventIdOf(REPLICATED);
    for (let producerId = 0; producerId < scope.producerIds; producerId += 1) {
      const leader = this.layout.leader(partition, producerId);
      for (const action of this.#advance(leader, machines.leader, event)) {
        this.#carryOut(action, partition, producerId, NO_TRANSACTION);
      }
    }
  }

  reloadLeader(partition: number, producerId: number): void {
    const { leader } = this.tables.machines;
    const event = leader.eventIdOf({ type: 'LeaderLoaded' });
    this.#advance(this.layout.leader(partition, producerId), leader, event);
  }
}
