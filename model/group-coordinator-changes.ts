/** How a group coordinator's memory changes: each function is the body of the named assignment of the same name. */

import type { ProducerId } from '../protocol/ids.ts';
import { addsPartition, commitOf, verificationOf } from './group-coordinator-guards.ts';
import { fetched, markerAnswer } from './group-coordinator-replies.ts';
import type {
  GroupContext,
  GroupResponse,
  GroupStep,
  RequestName,
  Verification,
} from './group-coordinator-state.ts';
import { NO_ASSIGNMENT, NO_GROUP } from './group-coordinator-state.ts';
import { orderedMembers } from './offsets-log.ts';

type Change = Partial<GroupContext>;

/** The commit waits for the transaction coordinator, with the guard of its producer id's entry. */
export function park(step: GroupStep): Change {
  const commit = commitOf(step)!;
  return { parked: [...step.context.parked, { ...commit, guard: 1 }] };
}

/**
 * VerificationStateEntry: created, or told of a newer epoch; an older epoch changes nothing. What it was created for,
 * a client of TV2 or another, it stays. Its lowest sequence does not matter: a coordinator's appends are not checked.
 */
export function rememberVerification(step: GroupStep): Change {
  const { producerId, producerEpoch, apiVersion } = commitOf(step)!;
  const { verifications } = step.context;
  const known = verificationOf(verifications, producerId);
  if (known !== undefined && producerEpoch <= known.producerEpoch) return {};
  const supportsEpochBump = known?.supportsEpochBump ?? (addsPartition(apiVersion) ? 1 : 0);
  const entry: Verification = { producerId, producerEpoch, supportsEpochBump };
  const others = verifications.filter((other) => other.producerId !== producerId);
  return { verifications: [...others, entry].sort((a, b) => a.producerId - b.producerId) };
}

export function unpark({ context, event }: GroupStep): Change {
  if (event.type !== 'AddPartitionsToTxnResponse') return {};
  return { parked: context.parked.filter(({ request }) => request !== event.request) };
}

/** Every guard of the producer id is stale from here on: it cannot authorise a commit after this append. */
export function clearVerification(step: GroupStep): Change {
  const { context, event } = step;
  const producerId =
    event.type === 'WriteTxnMarkersRequest' ? event.producerId : commitOf(step)!.producerId;
  return withoutGuards(context, (entry) => entry.producerId === producerId);
}

function withoutGuards(
  { parked, verifications }: GroupContext,
  isCleared: (entry: { readonly producerId: ProducerId }) => boolean,
): Change {
  return {
    parked: parked.map((commit) => (isCleared(commit) ? { ...commit, guard: 0 } : commit)),
    verifications: verifications.filter((entry) => !isCleared(entry)),
  };
}

function waitingFor(
  context: GroupContext,
  request: RequestName,
  ahead: number,
  message: GroupResponse,
): Change {
  return { waiting: [...context.waiting, { request, ahead, message }] };
}

/** The answer to a commit waits until its batch is replicated. */
export function awaitCommit(step: GroupStep): Change {
  const { context, event } = step;
  if (event.type === 'OffsetCommitRequest') {
    const message = { type: 'OffsetCommitResponse', errorCode: 'NONE' } as const;
    return waitingFor(context, event.request, event.view.unreplicated + 1, message);
  }
  const { request } = commitOf(step)!;
  const { unreplicated } = (event as { readonly view: { readonly unreplicated: number } }).view;
  const message = { type: 'TxnOffsetCommitResponse', errorCode: 'NONE' } as const;
  return waitingFor(context, request, unreplicated + 1, message);
}

export function awaitMarker({ context, event }: GroupStep): Change {
  if (event.type !== 'WriteTxnMarkersRequest') return {};
  const ahead = event.view.unreplicated + 1;
  return waitingFor(context, event.request, ahead, markerAnswer(event, 'NONE'));
}

/** What a stable fetch found is told once what it rests on is replicated. */
export function awaitWrites({ context, event }: GroupStep): Change {
  if (event.type !== 'OffsetFetchRequest') return {};
  return waitingFor(context, event.request, event.view.unreplicated, fetched(event));
}

export function countReplicated({ context }: GroupStep): Change {
  const { assignmentAhead } = context;
  return {
    waiting: context.waiting.map((waiting) => ({ ...waiting, ahead: waiting.ahead - 1 })),
    assignmentAhead: assignmentAhead > 0 ? assignmentAhead - 1 : assignmentAhead,
  };
}

export function dropAnswered({ context }: GroupStep): Change {
  const answered = context.waiting.findIndex(({ ahead }) => ahead === 0);
  return { waiting: context.waiting.filter((_, index) => index !== answered) };
}

export function dropFirstWaiting({ context }: GroupStep): Change {
  return { waiting: context.waiting.slice(1) };
}

export function dropTimedOut({ context, event }: GroupStep): Change {
  if (event.type !== 'WriteTimedOut') return {};
  return { waiting: context.waiting.filter(({ request }) => request !== event.request) };
}

export function addMember({ context, event }: GroupStep): Change {
  if (event.type !== 'MemberJoined') return {};
  const { memberId, groupInstanceId } = event;
  return { members: orderedMembers([...context.members, { memberId, groupInstanceId }]) };
}

export function removeMember({ context, event }: GroupStep): Change {
  if (event.type !== 'MemberLeft') return {};
  return { members: context.members.filter(({ memberId }) => memberId !== event.memberId) };
}

/** ClassicGroup.replaceStaticMember. */
export function replaceMember({ context, event }: GroupStep): Change {
  if (event.type !== 'MemberReplaced') return {};
  const { groupInstanceId, memberId } = event;
  const others = context.members.filter((member) => member.groupInstanceId !== groupInstanceId);
  return { members: orderedMembers([...others, { memberId, groupInstanceId }]) };
}

/** ClassicGroup.initNextGeneration. */
export function startGeneration({ context }: GroupStep): Change {
  return { generationId: context.generationId + 1 };
}

/** A leader that syncs again does not make the group wait longer. */
export function awaitAssignment({ context, event }: GroupStep): Change {
  if (event.type !== 'AssignmentReceived' || context.assignmentAhead > 0) return {};
  return { assignmentAhead: event.view.unreplicated + 1 };
}

export const forgetAssignment = { assignmentAhead: NO_ASSIGNMENT } as const;

export function restoreGroup({ event }: GroupStep): Change {
  if (event.type !== 'CoordinatorLoaded') return {};
  const { generationId, members } = event.view;
  return { generationId, members };
}

/**
 * The broker leads the partition no longer. Commits that wait for the transaction coordinator are still told what
 * it says; others may append meanwhile, and that would clear every guard.
 */
export function resign({ context }: GroupStep): Change {
  return { ...NO_GROUP, ...withoutGuards(context, () => true) };
}
