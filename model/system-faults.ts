/**
 * Faults as composed steps: the loss or delay of a request is decided where its sender gives the connection up, and
 * crash, load and the end of the connections are one step. Each function changes a draft; budgets are spent by the
 * caller.
 */

import type { ConnectionIndex, SlotContent } from './connections.ts';
import { EMPTY_SLOT, lateContent, lateRequest, messageOf, phaseOf } from './connections.ts';
import { NO_CONNECTION } from './partition-leader-state.ts';
import { reloaded } from './partition-log.ts';
import type { Draft } from './system-draft.ts';
import type { Message } from './system-tables.ts';
import { durableRecord, recordsReloaded } from './transaction-log.ts';

/** What a client does with a batch whose request was not answered: both exist (`delivery.timeout.ms`). */
export type BatchFate = 'retried' | 'expired';

/** The sender gives the connection up, and whatever is on it is gone. */
export function loseRequest(draft: Draft, connection: ConnectionIndex, batch: BatchFate): void {
  const content = draft.content(connection);
  draft.closeServer(connection);
  draft.putContent(connection, EMPTY_SLOT);
  informSender(draft, connection, content, batch);
}

/** The sender gives the connection up, but the request on it is still under way. */
export function delayRequest(draft: Draft, connection: ConnectionIndex, batch: BatchFate): void {
  const content = draft.content(connection);
  addLate(draft, content, connection);
  draft.putContent(connection, EMPTY_SLOT);
  informSender(draft, connection, content, batch);
}

/** A second copy of the request on the connection is under way. */
export function duplicateRequest(draft: Draft, connection: ConnectionIndex): void {
  addLate(draft, draft.content(connection), connection);
}

/** Late slots are a set: they are kept in descending order, empty ones last. */
function addLate(draft: Draft, content: SlotContent, connection: ConnectionIndex): void {
  const late = lateContent(content, connection, draft.layout.connections.roles.length);
  putLate(draft, [...lateOf(draft), late]);
}

function lateOf(draft: Draft): readonly number[] {
  const all = Array.from(
    { length: draft.layout.lateSlots },
    (_, index) => draft.state[draft.layout.late(index)]!,
  );
  return all.filter((late) => late !== 0);
}

function putLate(draft: Draft, late: readonly number[]): void {
  const ordered = late.toSorted((a, b) => b - a);
  for (let index = 0; index < draft.layout.lateSlots; index += 1) {
    draft.state[draft.layout.late(index)] = ordered[index] ?? 0;
  }
}

/** A late request arrives; nobody hears the answer. */
export function deliverLate(draft: Draft, index: number): void {
  const late = draft.state[draft.layout.late(index)]!;
  const [content, connection] = lateRequest(late, draft.layout.connections.roles.length);
  putLate(
    draft,
    lateOf(draft).filter((_, position) => position !== index),
  );
  draft.serve(draft.role(connection), content, NO_CONNECTION);
}

/** What a sender learns when its connection ends without an answer. */
function informSender(
  draft: Draft,
  connection: ConnectionIndex,
  content: SlotContent,
  batch: BatchFate,
): void {
  const { kind, instance, partition, producerId } = draft.role(connection);
  const message = draft.tables.message(messageOf(content));
  if (kind === 'clientToCoordinator') {
    draft.tellProducer(instance, { type: 'Disconnected' });
  } else if (kind === 'clientToLeader') {
    const type = batch === 'expired' ? 'BatchExpired' : 'ProduceTimedOut';
    draft.tellProducer(instance, { type, partition });
  } else if (kind === 'coordinatorToLeader') {
    draft.tellCoordinator(markerUnanswered(message, partition));
  } else {
    draft.tellLeaderVerdict(partition, producerId, draft.tables.messageId(UNVERIFIED));
  }
}

/** AddPartitionsToTxnManager.onComplete of a request that was disconnected. */
const UNVERIFIED: Message = {
  type: 'AddPartitionsToTxnResponse',
  verifyOnly: 0,
  errorCode: 'NETWORK_EXCEPTION',
  abortable: 0,
};

function markerUnanswered(message: Message, partition: number) {
  if (message.type !== 'WriteTxnMarkersRequest' && message.type !== 'WriteTxnMarkersResponse') {
    throw new TypeError(`a marker's connection carries markers; found ${message.type}`);
  }
  const { producerId, producerEpoch, coordinatorEpoch } = message;
  return {
    type: 'WriteTxnMarkersResponse',
    producerId,
    producerEpoch,
    coordinatorEpoch,
    errorCode: 'NETWORK_EXCEPTION',
    partitions: 1 << partition,
  } as const;
}

/**
 * The coordinator crashes and its successor loads the log, of whose unreplicated records `kept` survived. Every
 * connection to or from it ends; with `markers` late, the markers that it had sent are still under way.
 */
export function crashCoordinator(draft: Draft, kept: number, markers: 'lost' | 'late'): void {
  const unanswered: [ConnectionIndex, SlotContent][] = [];
  for (const [connection, { kind }] of draft.layout.connections.roles.entries()) {
    const content = draft.content(connection);
    if (kind === 'clientToLeader' || content === EMPTY_SLOT) continue;
    if (kind === 'coordinatorToLeader') {
      if (markers === 'late' && phaseOf(content) === 'request') addLate(draft, content, connection);
      draft.closeServer(connection);
    } else {
      unanswered.push([connection, content]);
    }
    draft.putContent(connection, EMPTY_SLOT);
  }
  loadCoordinator(draft, kept);
  for (const [connection, content] of unanswered) {
    informSender(draft, connection, content, 'retried');
  }
}

function loadCoordinator(draft: Draft, kept: number): void {
  const { transactionLogs } = draft.tables;
  const { waiter, transactionLog, coordinatorEpoch } = draft.layout;
  draft.state[waiter] = 0;
  draft.state[coordinatorEpoch]! += 1;
  draft.state[transactionLog] = transactionLogs.after(
    draft.state[transactionLog]!,
    `reload ${kept}`,
    (log) => recordsReloaded(log, kept),
  );
  draft.tellCoordinator({ type: 'CoordinatorCrashed' });
  electCoordinator(draft);
}

/** The broker becomes the coordinator and loads what the log says. */
export function electCoordinator(draft: Draft): void {
  const { transactionLog, coordinatorEpoch } = draft.layout;
  const log = draft.tables.transactionLogs.logOf(draft.state[transactionLog]!);
  const { owner: _owner, decider: _decider, requestEpoch: _epoch, ...view } = durableRecord(log);
  draft.tellCoordinator({ type: 'CoordinatorElected' });
  draft.tellCoordinator({
    type: 'CoordinatorLoaded',
    coordinatorEpoch: draft.state[coordinatorEpoch]!,
    view,
  });
}

/** How a leader's log comes back: how many unreplicated entries survived, and from what the producer state was loaded. */
export interface Reload {
  readonly kept: number;
  readonly fromSnapshot: 0 | 1;
}

/** A leader crashes and its successor loads the log. Every connection to or from it ends. */
export function crashLeader(
  draft: Draft,
  partition: number,
  { kept, fromSnapshot }: Reload,
  batch: BatchFate,
): void {
  const unanswered: [ConnectionIndex, SlotContent][] = [];
  for (const [connection, role] of draft.layout.connections.roles.entries()) {
    const content = draft.content(connection);
    if (role.partition !== partition || content === EMPTY_SLOT) continue;
    if (role.kind === 'leaderToCoordinator') draft.closeServer(connection);
    else unanswered.push([connection, content]);
    draft.putContent(connection, EMPTY_SLOT);
  }
  const at = draft.layout.partitionLog(partition);
  draft.state[at] = draft.tables.partitionLogs.after(
    draft.state[at]!,
    `reload ${kept} ${fromSnapshot}`,
    (log) => reloaded(log, kept, fromSnapshot),
  );
  for (let producerId = 0; producerId < draft.tables.scope.producerIds; producerId += 1) {
    draft.reloadLeader(partition, producerId);
  }
  for (const [connection, content] of unanswered) informSender(draft, connection, content, batch);
}
