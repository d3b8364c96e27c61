/**
 * A trace of the composition in words: who did what, one line an action, and below it what was appended. The trace is
 * replayed with logs as lists, so that each entry is the one appended there.
 */

import type { ConnectionRole, SlotContent } from './connections.ts';
import { lateRequest, messageOf } from './connections.ts';
import type { Message } from './system-tables.ts';
import { BY_LIST, machineCharts, tabulated } from './system-tables.ts';
import type { StoredPartitionEntry } from './partition-log.ts';
import { ordinalOf, instanceOf, transactionOf } from './records.ts';
import type { Scope } from './scopes.ts';
import type { SystemAction } from './system.ts';
import { System } from './system.ts';
import type { SystemState } from './system-state.ts';
import type { StoredTransactionEntry } from './transaction-log.ts';

/** The lines of a trace that starts in the scope's initial state. */
export function narrative(scope: Scope, actions: readonly SystemAction[]): readonly string[] {
  const system = new System(scope, tabulated(machineCharts(scope)), BY_LIST);
  const lines: string[] = [];
  let state = system.initialState();
  for (const action of actions) {
    const next = system.step(state, action);
    lines.push(sentence(system, state, action), ...appendedLines(system, state, next));
    state = next;
  }
  return lines;
}

function sentence(system: System, state: SystemState, action: SystemAction): string {
  switch (action.type) {
    case 'Call': {
      const partition = action.call.type === 'Send' ? ` to partition ${action.call.partition}` : '';
      return `application ${action.instance} calls ${action.call.type}${partition}`;
    }
    case 'TakeRequest':
      return `${serverOf(system, action.connection)} takes ${contentOf(system, state, action.connection)} from ${clientOf(system, action.connection)}`;
    case 'TakeResponse':
      return `${clientOf(system, action.connection)} takes ${contentOf(system, state, action.connection)} from ${serverOf(system, action.connection)}`;
    case 'TakeLateRequest': {
      const late = state[system.layout.late(action.slot)]!;
      const [content, connection] = lateRequest(late, system.layout.connections.roles.length);
      return `${serverOf(system, connection)} takes, late, ${messageIn(system, content)} from ${clientOf(system, connection)}`;
    }
    case 'Lose':
    case 'Delay': {
      const what = action.type === 'Lose' ? 'is lost' : 'is late';
      const batch = action.batch === 'expired' ? '; the batch expires' : '';
      return `${contentOf(system, state, action.connection)} from ${clientOf(system, action.connection)} ${what}${batch}`;
    }
    case 'Duplicate':
      return `${contentOf(system, state, action.connection)} from ${clientOf(system, action.connection)} is duplicated`;
    case 'ReplicateRecord':
      return 'the last record of the transaction log is replicated';
    case 'ReplicateEntry':
      return `an entry of partition ${action.partition} is replicated`;
    case 'ReadLog':
      return `the reader of partition ${action.partition} fetches up to the last stable offset`;
    case 'ReadAborted':
      return `the reader of partition ${action.partition} is told what was aborted, and delivers`;
    case 'CrashProducer':
      return `producer ${action.instance} crashes`;
    case 'CrashCoordinator':
      return `the coordinator crashes; its successor finds ${action.kept} unreplicated records`;
    case 'CrashLeader':
      return `the leader of partition ${action.partition} crashes; its successor finds ${action.kept} unreplicated entries`;
    case 'TimeOutTransaction':
      return 'the transaction times out';
  }
}

function roleOf(system: System, connection: number): ConnectionRole {
  return system.layout.connections.roles[connection]!;
}

function clientOf(system: System, connection: number): string {
  const { kind, instance, partition } = roleOf(system, connection);
  if (kind === 'coordinatorToLeader') return 'the coordinator';
  return kind === 'leaderToCoordinator' ? leaderName(partition) : `producer ${instance}`;
}

function serverOf(system: System, connection: number): string {
  const { kind, partition } = roleOf(system, connection);
  const isCoordinator = kind === 'clientToCoordinator' || kind === 'leaderToCoordinator';
  return isCoordinator ? 'the coordinator' : leaderName(partition);
}

function leaderName(partition: number): string {
  return `the leader of partition ${partition}`;
}

function contentOf(system: System, state: SystemState, connection: number): string {
  return messageIn(system, state[system.layout.slot(connection)]!);
}

function messageIn(system: System, content: SlotContent): string {
  return messageText(system.tables.message(messageOf(content)));
}

/** `EndTxn v4 (0, 1) ABORT`; an answer by its error. */
function messageText(message: Message): string {
  const name = message.type.replace(/(Request|Response)$/, '');
  if ('errorCode' in message) {
    const isAbortable = 'abortable' in message && message.abortable !== 0;
    return `the answer ${isAbortable ? 'TRANSACTION_ABORTABLE' : message.errorCode} to ${name}`;
  }
  const version = 'apiVersion' in message ? ` v${message.apiVersion}` : '';
  const verifies = 'verifyOnly' in message && message.verifyOnly === 1 ? ' to verify' : '';
  const result = 'result' in message ? ` ${message.result}` : '';
  const batch =
    message.type === 'ProduceRequest'
      ? `, sequence ${message.baseSequence}: ${recordText(message.record)}`
      : '';
  const identity = `(${message.producerId}, ${message.producerEpoch})`;
  return `${name}${version}${verifies} ${identity}${result}${batch}`;
}

function recordText(record: number): string {
  const transaction = transactionOf(record);
  return `record of transaction ${ordinalOf(transaction)} of producer ${instanceOf(transaction)}`;
}

function appendedLines(system: System, before: SystemState, after: SystemState): readonly string[] {
  const { layout, tables } = system;
  const records = (state: SystemState) =>
    tables.transactionLogs.logOf(state[layout.transactionLog]!).entries;
  const entries = (state: SystemState, partition: number) =>
    tables.partitionLogs.logOf(state[layout.partitionLog(partition)]!).entries;
  const lines = fresh(records(before), records(after)).map(transactionRecordText);
  for (let partition = 0; partition < system.scope.partitions; partition += 1) {
    const appended = fresh(entries(before, partition), entries(after, partition));
    lines.push(...appended.map((entry) => `  partition ${partition}: ${entryText(entry)}`));
  }
  return lines;
}

function fresh<Entry>(before: readonly Entry[], after: readonly Entry[]): readonly Entry[] {
  return after.slice(before.length);
}

function transactionRecordText(entry: StoredTransactionEntry): string {
  const partitions = entry.partitions.toString(2).split('').reverse();
  const members = partitions.flatMap((bit, partition) => (bit === '1' ? [partition] : []));
  const identity = `(${entry.producerId}, ${entry.producerEpoch})`;
  return `  __transaction_state: ${entry.state} ${identity} {${members.join(', ')}}`;
}

function entryText(entry: StoredPartitionEntry): string {
  const identity = `(${entry.producerId}, ${entry.producerEpoch})`;
  if (entry.kind === 'marker') return `${entry.result} marker ${identity}`;
  return `${identity}, sequence ${entry.baseSequence}: ${recordText(entry.record)}`;
}
