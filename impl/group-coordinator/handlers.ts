/**
 * What the group coordinator does on each occasion, by name. A handler calls the next one through the coordinator's
 * record, so that a mutant can reorder or skip one step by replacing one entry.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ApiName, RequestOf, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import type { CoordinatorVerification } from '../partition-leader/coordinator-append.ts';
import type { PartitionMarker } from '../partition-leader/partition-leader.ts';
import type { VerificationGuard } from '../partition-leader/verification.ts';
import type { ClassicGroup, GroupMember } from './classic-group.ts';
import type { GroupShard } from './group-shard.ts';
import { completeTransaction } from './handlers/complete-transaction.ts';
import { joinGroup } from './handlers/join-group.ts';
import { expireSession, heartbeat, leaveGroup } from './handlers/membership.ts';
import { expireOffsets, load, replay } from './handlers/occasions.ts';
import { offsetCommit } from './handlers/offset-commit.ts';
import { offsetFetch } from './handlers/offset-fetch.ts';
import { completeJoinPhase, prepareRebalance } from './handlers/rebalance.ts';
import { assignmentReplicated, syncGroup } from './handlers/sync-group.ts';
import {
  commitTransactionalOffsets,
  txnOffsetCommit,
  verifyTransaction,
  writeTransactionalOffsets,
} from './handlers/txn-offset-commit.ts';

export type Reply<Api extends ApiName> = (response: ResponseOf<Api>) => void;

type RequestHandler<Api extends ApiName> = (
  shard: GroupShard,
  request: RequestOf<Api>,
  reply: Reply<Api>,
) => void;

type GuardedHandler = (
  shard: GroupShard,
  request: RequestOf<'TxnOffsetCommit'>,
  guard: VerificationGuard,
  reply: Reply<'TxnOffsetCommit'>,
) => void;

export interface GroupHandlers {
  readonly txnOffsetCommit: RequestHandler<'TxnOffsetCommit'>;
  /** Verifies that the partition is in the transaction, or adds it (KIP-890). */
  readonly verifyTransaction: (
    shard: GroupShard,
    request: CoordinatorVerification,
    done: (errorCode: ErrorCode, guard: VerificationGuard) => void,
  ) => void;
  /** The partition is in the transaction: fences by generation (KIP-447) and writes. */
  readonly commitTransactionalOffsets: GuardedHandler;
  /** Writes what is not too large, and replies when it is replicated. */
  readonly writeTransactionalOffsets: GuardedHandler;
  readonly offsetCommit: RequestHandler<'OffsetCommit'>;
  readonly offsetFetch: RequestHandler<'OffsetFetch'>;
  /** A marker of the offsets partition: decides pending offsets, replies when it is replicated. */
  readonly completeTransaction: (
    shard: GroupShard,
    marker: PartitionMarker,
    timeoutMs: number,
    reply: (errorCode: ErrorCode) => void,
  ) => void;

  readonly joinGroup: RequestHandler<'JoinGroup'>;
  readonly syncGroup: RequestHandler<'SyncGroup'>;
  readonly heartbeat: RequestHandler<'Heartbeat'>;
  readonly leaveGroup: RequestHandler<'LeaveGroup'>;
  /** A member has given no sign of life for a session. */
  readonly expireSession: (shard: GroupShard, group: ClassicGroup, member: GroupMember) => void;
  /** The members must join again. */
  readonly prepareRebalance: (shard: GroupShard, group: ClassicGroup) => void;
  /** Whoever has joined is the next generation. */
  readonly completeJoinPhase: (shard: GroupShard, group: ClassicGroup) => void;
  /** The leader's assignment is durable: hand it out. */
  readonly assignmentReplicated: (
    shard: GroupShard,
    group: ClassicGroup,
    assignments: ReadonlyMap<string, string>,
  ) => void;

  /** A term's partition is read before anything is answered. */
  readonly load: (shard: GroupShard) => void;
  readonly replay: (shard: GroupShard, batch: StoredBatch) => void;
  /** Retention (`offsets.retention.minutes`). */
  readonly expireOffsets: (shard: GroupShard) => void;
}

/** Kafka's way. */
export const HANDLERS: GroupHandlers = {
  txnOffsetCommit,
  verifyTransaction,
  commitTransactionalOffsets,
  writeTransactionalOffsets,
  offsetCommit,
  offsetFetch,
  completeTransaction,
  joinGroup,
  syncGroup,
  heartbeat,
  leaveGroup,
  expireSession,
  prepareRebalance,
  completeJoinPhase,
  assignmentReplicated,
  load,
  replay,
  expireOffsets,
};
