/** A driver and a notation for tests of the coordinator's machine: events by short constructors, outputs as text. */

import type { ErrorCode } from '../protocol/error-codes.ts';
import type { TransactionResult } from '../protocol/states.ts';
import { TransitionTable } from './checker/transition-table.ts';
import type { TransactionLogEntry } from './messages.ts';
import { TRANSACTION_LOG_TOMBSTONE } from './messages.ts';
import type { CoordinatorAction } from './transaction-coordinator-cells.ts';
import type {
  CoordinatorContext,
  CoordinatorEvent,
  CoordinatorScope,
} from './transaction-coordinator-state.ts';
import { KAFKA_COORDINATOR_SCOPE } from './transaction-coordinator-state.ts';
import { createTransactionCoordinator } from './transaction-coordinator.machine.ts';

export type CoordinatorTable = TransitionTable<
  ReturnType<typeof createTransactionCoordinator>,
  CoordinatorAction
>;
export type ChartState = Parameters<CoordinatorTable['idOf']>[0];

export function coordinatorTable(scope: Partial<CoordinatorScope> = {}): CoordinatorTable {
  return new TransitionTable(
    createTransactionCoordinator({ ...KAFKA_COORDINATOR_SCOPE, ...scope }),
  );
}

/** States of a transactional id that the coordinator holds. */
export const HELD = [
  'Empty',
  'Ongoing',
  'PrepareCommit',
  'PrepareAbort',
  'CompleteCommit',
  'CompleteAbort',
] as const;

type Identity = readonly [producerId: number, producerEpoch: number];

export const NOBODY: Identity = [-1, -1];

export function init(
  [producerId, producerEpoch]: Identity = NOBODY,
  { version: apiVersion = 5, allocated: allocatedProducerId = 8 } = {},
): CoordinatorEvent {
  const type = 'InitProducerIdRequest';
  return { type, apiVersion, producerId, producerEpoch, allocatedProducerId };
}

export function add(
  [producerId, producerEpoch]: Identity,
  partitions: number,
  { version: apiVersion = 5 } = {},
): CoordinatorEvent {
  const type = 'AddPartitionsToTxnRequest';
  return { type, apiVersion, verifyOnly: 0, producerId, producerEpoch, partitions };
}

export function addOffsets(
  [producerId, producerEpoch]: Identity,
  partitions: number,
  { version: apiVersion = 3 } = {},
): CoordinatorEvent {
  return { type: 'AddOffsetsToTxnRequest', apiVersion, producerId, producerEpoch, partitions };
}

export function verify(
  [producerId, producerEpoch]: Identity,
  partitions: number,
): CoordinatorEvent {
  const type = 'AddPartitionsToTxnRequest';
  return { type, apiVersion: 4, verifyOnly: 1, producerId, producerEpoch, partitions };
}

export function end(
  [producerId, producerEpoch]: Identity,
  result: TransactionResult,
  { version: apiVersion = 5, allocated: allocatedProducerId = 8 } = {},
): CoordinatorEvent {
  const type = 'EndTxnRequest';
  return { type, apiVersion, producerId, producerEpoch, result, allocatedProducerId };
}

export const APPENDED: CoordinatorEvent = { type: 'TransactionLogAppended' };

export function appendFailed(errorCode: ErrorCode): CoordinatorEvent {
  return { type: 'TransactionLogAppendFailed', errorCode };
}

export function timedOut(allocatedProducerId = 8): CoordinatorEvent {
  return { type: 'TransactionTimedOut', allocatedProducerId };
}

export function marked(
  partitions: number,
  errorCode: ErrorCode = 'NONE',
  coordinatorEpoch = 0,
): CoordinatorEvent {
  const type = 'WriteTxnMarkersResponse';
  return { type, producerId: 7, producerEpoch: 0, coordinatorEpoch, errorCode, partitions };
}

export function loaded(
  view: Partial<TransactionLogEntry> = {},
  coordinatorEpoch = 0,
): readonly CoordinatorEvent[] {
  return [
    { type: 'CoordinatorElected' },
    {
      type: 'CoordinatorLoaded',
      coordinatorEpoch,
      view: { ...TRANSACTION_LOG_TOMBSTONE, ...view },
    },
  ];
}

function setOf(mask: number): string {
  const members = Array.from({ length: 32 }, (_, n) => n).filter((n) => (mask >>> n) & 1);
  return `{${members.join(',')}}`;
}

/** An output as one line: `log Ongoing(7,0,{0})`, `EndTxn NONE (7,1)`, `markers COMMIT (7,1,{0}) c0 tv2`. */
export function textOf(action: CoordinatorAction): string {
  if (action.type === 'append') {
    const { state, producerId, producerEpoch, partitions, nextProducerId, previousProducerId } =
      action.params;
    if (state === 'Dead') return 'log tombstone';
    const next = nextProducerId === -1 ? '' : ` next ${nextProducerId}`;
    const previous = previousProducerId === producerId ? '' : ` prev ${previousProducerId}`;
    return `log ${state}(${producerId},${producerEpoch},${setOf(partitions)})${next}${previous}`;
  }
  if (action.type !== 'send') return action.type;
  const { to, message } = action.params;
  const later = to === 'waiter' ? 'waiter: ' : '';
  switch (message.type) {
    case 'WriteTxnMarkersRequest':
      return `markers ${message.result} (${message.producerId},${message.producerEpoch},${setOf(message.partitions)}) c${message.coordinatorEpoch} tv${message.transactionVersion}`;
    case 'AddPartitionsToTxnResponse': {
      const verb = message.verifyOnly === 1 ? 'Verify' : 'Add';
      const abortable = message.abortable === 0 ? '' : ` abortable ${setOf(message.abortable)}`;
      return `${later}${verb} ${message.errorCode}${abortable}`;
    }
    case 'AddOffsetsToTxnResponse':
      return `${later}AddOffsets ${message.errorCode}`;
    case 'InitProducerIdResponse':
    case 'EndTxnResponse': {
      const verb = message.type === 'EndTxnResponse' ? 'EndTxn' : 'Init';
      const identity =
        message.producerId === -1 ? '' : ` (${message.producerId},${message.producerEpoch})`;
      return `${later}${verb} ${message.errorCode}${identity}`;
    }
  }
}

export interface Driver {
  /** Feeds events; returns the outputs of the last one. */
  readonly feed: (...events: readonly CoordinatorEvent[]) => readonly string[];
  readonly state: () => ChartState;
  readonly context: () => CoordinatorContext;
}

/** A loaded coordinator at coordinator epoch 0, or one that starts in a given state. */
export function driver(
  scope: Partial<CoordinatorScope> = {},
  start?: { readonly value: ChartState; readonly context: Partial<CoordinatorContext> },
): Driver {
  const table = coordinatorTable(scope);
  let state = table.initial;
  const feed = (...events: readonly CoordinatorEvent[]): readonly string[] => {
    let outputs: readonly string[] = [];
    for (const event of events) {
      const entry = table.step(state, table.eventIdOf(event));
      state = entry.next;
      outputs = entry.actions.map(textOf);
    }
    return outputs;
  };
  feed(...loaded());
  if (start !== undefined) {
    const { context } = table.stateOf(state);
    state = table.idOf(start.value, { ...context, ...start.context });
  }
  return {
    feed,
    state: () => table.stateOf(state).value,
    context: () => table.stateOf(state).context,
  };
}
