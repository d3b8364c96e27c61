/** A driver and a notation for tests of the group coordinator's machine: events by short constructors, outputs as text. */

import type { ErrorCode } from '../protocol/error-codes.ts';
import { TransitionTable } from './checker/transition-table.ts';
import type { ProducerView } from './append-rules.ts';
import type { GroupAction } from './group-coordinator-cells.ts';
import type { GroupContext, GroupEvent, GroupScope } from './group-coordinator-state.ts';
import { KAFKA_GROUP_SCOPE } from './group-coordinator-state.ts';
import { createGroupCoordinator } from './group-coordinator.machine.ts';
import type { GroupClaim, OffsetFetchResponse } from './messages.ts';
import type { FetchView, GroupLogEntry, GroupView } from './offsets-log.ts';

export type GroupTable = TransitionTable<ReturnType<typeof createGroupCoordinator>, GroupAction>;
export type GroupState = Parameters<GroupTable['idOf']>[0];

export function groupTable(scope: Partial<GroupScope> = {}): GroupTable {
  return new TransitionTable(createGroupCoordinator({ ...KAFKA_GROUP_SCOPE, ...scope }));
}

/** What the log says of a producer id that it does not mention. */
export const UNKNOWN: ProducerView = {
  producerEpoch: -1,
  coordinatorEpoch: -1,
  open: 0,
  unreplicated: 0,
};

export const NOBODY: GroupClaim = {
  generationIdOrMemberEpoch: -1,
  memberId: -1,
  groupInstanceId: -1,
};

export function claim(generation: number, memberId = -1, groupInstanceId = -1): GroupClaim {
  return { generationIdOrMemberEpoch: generation, memberId, groupInstanceId };
}

interface CommitOptions {
  readonly request?: number;
  readonly version?: number;
  readonly producerId?: number;
  readonly epoch?: number;
  readonly offsets?: number;
  readonly view?: Partial<ProducerView>;
}

export function commit(who: GroupClaim = NOBODY, options: CommitOptions = {}): GroupEvent {
  const { request = 1, version: apiVersion = 4, producerId = 7 } = options;
  const { epoch: producerEpoch = 0, offsets = 0, view = {} } = options;
  const identity = { apiVersion, producerId, producerEpoch };
  const type = 'TxnOffsetCommitRequest';
  return { type, ...identity, ...who, offsets, request, view: { ...UNKNOWN, ...view } };
}

export function verified(
  errorCode: ErrorCode = 'NONE',
  {
    request = 1,
    view = {},
  }: { readonly request?: number; readonly view?: Partial<ProducerView> } = {},
): GroupEvent {
  const isAbortable = errorCode === 'TRANSACTION_ABORTABLE';
  return {
    type: 'AddPartitionsToTxnResponse',
    verifyOnly: 1,
    errorCode: isAbortable ? 'NONE' : errorCode,
    abortable: isAbortable ? 1 : 0,
    request,
    view: { ...UNKNOWN, ...view },
  };
}

export function plain(
  who: GroupClaim = NOBODY,
  { request = 1, version: apiVersion = 8, offsets = 0, unreplicated = 0 } = {},
): GroupEvent {
  const type = 'OffsetCommitRequest';
  return { type, apiVersion, ...who, offsets, request, view: { unreplicated } };
}

export function fetch(
  requireStable: 0 | 1,
  view: Partial<FetchView> = {},
  request = 1,
): GroupEvent {
  const nothing = { committedOffset: -1, replicatedCommittedOffset: -1, pending: 0 } as const;
  const found = { ...nothing, unreplicated: 0, ...view };
  return { type: 'OffsetFetchRequest', requireStable, request, view: found };
}

interface MarkerOptions {
  readonly request?: number;
  readonly producerId?: number;
  readonly coordinatorEpoch?: number;
  readonly view?: Partial<ProducerView>;
}

/** A COMMIT marker of the sender's transaction version. */
export function marker(
  producerEpoch: number,
  transactionVersion: 0 | 2,
  { request = 2, producerId = 7, coordinatorEpoch = 0, view = {} }: MarkerOptions = {},
): GroupEvent {
  return {
    type: 'WriteTxnMarkersRequest',
    producerId,
    producerEpoch,
    result: 'COMMIT',
    coordinatorEpoch,
    transactionVersion,
    partitions: 1,
    request,
    view: { ...UNKNOWN, ...view },
  };
}

export const REPLICATED: GroupEvent = { type: 'Replicated' };

export function joined(memberId: number, groupInstanceId = -1): GroupEvent {
  return { type: 'MemberJoined', memberId, groupInstanceId };
}

export const ASSIGNED: GroupEvent = { type: 'AssignmentReceived', view: { unreplicated: 0 } };

export function loaded(view: Partial<GroupView> = {}): readonly GroupEvent[] {
  const nothing = { exists: 0, generationId: 0, members: [] } as const;
  return [
    { type: 'CoordinatorElected' },
    { type: 'CoordinatorLoaded', view: { ...nothing, ...view } },
  ];
}

const COMPLETING = [
  { type: 'GroupCreated' },
  joined(3, 5),
  { type: 'JoinPhaseCompleted' },
] as const satisfies readonly GroupEvent[];
const STABLE = [...COMPLETING, ASSIGNED, REPLICATED] as const;

/** Events that lead from an absent group to each state; where it has a member, it is 3, of instance 5, at generation 1. */
export const LEADING_TO = {
  Absent: [],
  Empty: [{ type: 'GroupCreated' }],
  PreparingRebalance: [...STABLE, { type: 'RebalanceBegan' }],
  CompletingRebalance: COMPLETING,
  Stable: STABLE,
} as const satisfies Readonly<Record<string, readonly GroupEvent[]>>;

/** States of a coordinator that has loaded the partition. */
export const ACTIVE = Object.keys(LEADING_TO) as readonly (keyof typeof LEADING_TO)[];

function entryText(entry: GroupLogEntry): string {
  switch (entry.kind) {
    case 'offsets': {
      const { producerId, producerEpoch, offsets } = entry;
      const writer = producerId === -1 ? 'plain' : `(${producerId},${producerEpoch})`;
      return `log offsets ${offsets} ${writer}`;
    }
    case 'marker':
      return `log ${entry.result} (${entry.producerId},${entry.producerEpoch})`;
    case 'tombstones':
      return `log tombstones ${entry.offsets}${entry.removesGroup === 1 ? ' and the group' : ''}`;
    case 'group': {
      const members = entry.members.map(({ memberId }) => memberId).join(',');
      return `log generation ${entry.generationId} {${members}}`;
    }
  }
}

const VERBS = {
  TxnOffsetCommitResponse: 'TxnOffsetCommit',
  OffsetCommitResponse: 'OffsetCommit',
  OffsetFetchResponse: 'OffsetFetch',
  WriteTxnMarkersResponse: 'WriteTxnMarkers',
} as const;

function offsetText({ committedOffset }: OffsetFetchResponse): string {
  return committedOffset === -1 ? '' : ` ${committedOffset}`;
}

/** An output as one line: `log offsets 0 (7,0)`, `1: OffsetFetch NONE 10`, `verify (7,0) for 1`. */
function textOf(action: GroupAction): string {
  if (action.type === 'append') return entryText(action.params);
  if (action.type !== 'send') return action.type;
  const { request } = action.params;
  if (action.params.to === 'coordinator') {
    const { verifyOnly, producerId, producerEpoch } = action.params.message;
    return `${verifyOnly === 1 ? 'verify' : 'add'} (${producerId},${producerEpoch}) for ${request}`;
  }
  const { message } = action.params;
  const offset = message.type === 'OffsetFetchResponse' ? offsetText(message) : '';
  return `${request}: ${VERBS[message.type]} ${message.errorCode}${offset}`;
}

export interface Driver {
  /** Feeds events; returns the outputs of the last one. */
  readonly feed: (...events: readonly GroupEvent[]) => readonly string[];
  readonly state: () => GroupState;
  readonly context: () => GroupContext;
}

/** A coordinator that has loaded its partition, with a group in the given state. */
export function driver(
  start: keyof typeof LEADING_TO = 'Absent',
  scope: Partial<GroupScope> = {},
): Driver {
  const table = groupTable(scope);
  let state = table.initial;
  const feed = (...events: readonly GroupEvent[]): readonly string[] => {
    let outputs: readonly string[] = [];
    for (const event of events) {
      const entry = table.step(state, table.eventIdOf(event));
      state = entry.next;
      outputs = entry.actions.map(textOf);
    }
    return outputs;
  };
  feed(...loaded(), ...LEADING_TO[start]);
  return {
    feed,
    state: () => table.stateOf(state).value,
    context: () => table.stateOf(state).context,
  };
}
