/**
 * TxnOffsetCommit (GroupCoordinatorService.commitTransactionalOffsets): first the transaction, then the group, then the
 * write. The group is judged after the transaction coordinator answered, since it may rebalance meanwhile (KAFKA-15784).
 */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { RequestOf, ResponseOf } from '../../../protocol/messages/rpc.ts';
import type { CoordinatorVerification } from '../../partition-leader/coordinator-append.ts';
import { startVerification } from '../../partition-leader/coordinator-append.ts';
import type { VerificationGuard } from '../../partition-leader/verification.ts';
import type { GroupShard } from '../group-shard.ts';
import type { Reply } from '../handlers.ts';
import { commitErrors, offsetRecords } from './offset-commit.ts';

/** First version that knows GROUP_ID_NOT_FOUND. */
const GROUP_ID_NOT_FOUND_VERSION = 6;

export function txnOffsetCommit(
  shard: GroupShard,
  request: RequestOf<'TxnOffsetCommit'>,
  reply: Reply<'TxnOffsetCommit'>,
): void {
  const { transactionalId, producerId, producerEpoch } = request.body;
  const operation = shard.decisions.operationOf(request.apiVersion);
  shard.handlers.verifyTransaction(
    shard,
    { transactionalId, producerId, producerEpoch, operation },
    (errorCode, guard) => {
      if (errorCode !== 'NONE') {
        reply(refusedCommit(request, shard.decisions.operationError(errorCode)));
        return;
      }
      shard.handlers.commitTransactionalOffsets(shard, request, guard, reply);
    },
  );
}

export function verifyTransaction(
  shard: GroupShard,
  request: CoordinatorVerification,
  done: (errorCode: ErrorCode, guard: VerificationGuard) => void,
): void {
  startVerification(shard.leader, request, done);
}

export function commitTransactionalOffsets(
  shard: GroupShard,
  request: RequestOf<'TxnOffsetCommit'>,
  guard: VerificationGuard,
  reply: Reply<'TxnOffsetCommit'>,
): void {
  const { groupId, generationIdOrMemberEpoch, memberId, groupInstanceId } = request.body;
  const { decisions } = shard;
  const group = shard.groups.get(groupId);
  const identity = { generation: generationIdOrMemberEpoch, memberId, groupInstanceId };
  const gate = decisions.partitionGate(shard.isOwned, shard.isLoading);
  if (gate !== 'NONE') return reply(refusedCommit(request, gate));
  const errorCode =
    group === undefined
      ? decisions.validateWithoutGroup(
          identity.generation,
          request.apiVersion >= GROUP_ID_NOT_FOUND_VERSION,
        )
      : decisions.validateTxnOffsetCommit(group, identity);
  if (errorCode !== 'NONE') return reply(refusedCommit(request, errorCode));
  shard.handlers.writeTransactionalOffsets(shard, request, guard, reply);
}

export function writeTransactionalOffsets(
  shard: GroupShard,
  request: RequestOf<'TxnOffsetCommit'>,
  guard: VerificationGuard,
  reply: Reply<'TxnOffsetCommit'>,
): void {
  const { body } = request;
  const partitions = commitErrors(shard, body.offsets);
  const records = offsetRecords(shard, body.groupId, body.offsets);
  const finish = (errorCode: ErrorCode): void =>
    reply(errorCode === 'NONE' ? { partitions } : refusedCommit(request, errorCode));
  if (records.length === 0) shard.afterPendingWrites(finish);
  else shard.appendTransactional(records, body, guard, finish);
}

/** TxnOffsetCommitRequest.getErrorResponse. */
function refusedCommit(
  { body }: RequestOf<'TxnOffsetCommit'>,
  errorCode: ErrorCode,
): ResponseOf<'TxnOffsetCommit'> {
  return { partitions: body.offsets.map(({ partition }) => ({ partition, errorCode })) };
}
