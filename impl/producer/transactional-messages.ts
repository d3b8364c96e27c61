/** Requests to coordinators as the client writes them, in the versions that its transaction version implies. */

import type { ProducerIdentity, TopicPartition } from '../../protocol/ids.ts';
import type { RequestOf } from '../../protocol/messages/rpc.ts';
import type { CommittedOffset } from '../../protocol/messages/txn-offset-commit.ts';
import { END_TXN_TV2, TXN_OFFSET_COMMIT_TV2 } from '../../protocol/transaction-version.ts';
import type { ProducerConfig } from './config.ts';

/** Where a version does not matter to the protocol's rules it is the newest whose fields are named. */
const FIND_COORDINATOR_VERSION = 6;
const ADD_PARTITIONS_VERSION = 3;
const ADD_OFFSETS_VERSION = 4;
const INIT_PRODUCER_ID_VERSION = 5;
/** Before InitProducerId v3 no identity can be presented (KIP-360). */
const INIT_PRODUCER_ID_WITHOUT_IDENTITY_VERSION = 1;
/** InitProducerId without a transactional id (TransactionManager.bumpIdempotentEpochAndResetIdIfNeeded). */
const NO_TRANSACTION_TIMEOUT_MS = 2_147_483_647;

/** What a consumer knows of its group (ConsumerGroupMetadata.java, KIP-447). */
export interface ConsumerGroupMetadata {
  readonly groupId: string;
  /** -1: unknown; then there is no fencing by generation. */
  readonly generationId: number;
  readonly memberId: string;
  readonly groupInstanceId: string | null;
}

export function findCoordinator(
  keyType: 'TRANSACTION' | 'GROUP',
  key: string,
): RequestOf<'FindCoordinator'> {
  return { api: 'FindCoordinator', apiVersion: FIND_COORDINATOR_VERSION, body: { keyType, key } };
}

export function initProducerId(
  config: ProducerConfig,
  { producerId, producerEpoch }: ProducerIdentity,
): RequestOf<'InitProducerId'> {
  const { transactionalId } = config;
  return {
    api: 'InitProducerId',
    apiVersion: config.coordinatorSupportsEpochBump
      ? INIT_PRODUCER_ID_VERSION
      : INIT_PRODUCER_ID_WITHOUT_IDENTITY_VERSION,
    body: {
      transactionalId,
      transactionTimeoutMs:
        transactionalId === null ? NO_TRANSACTION_TIMEOUT_MS : config.transactionTimeoutMs,
      producerId,
      producerEpoch,
      enable2Pc: false,
      keepPreparedTxn: false,
    },
  };
}

export function addPartitions(
  config: ProducerConfig,
  { producerId, producerEpoch }: ProducerIdentity,
  partitions: readonly TopicPartition[],
): RequestOf<'AddPartitionsToTxn'> {
  const transactionalId = idOf(config);
  return {
    api: 'AddPartitionsToTxn',
    apiVersion: ADD_PARTITIONS_VERSION,
    body: {
      transactions: [{ transactionalId, producerId, producerEpoch, verifyOnly: false, partitions }],
    },
  };
}

export function addOffsets(
  config: ProducerConfig,
  { producerId, producerEpoch }: ProducerIdentity,
  groupId: string,
): RequestOf<'AddOffsetsToTxn'> {
  return {
    api: 'AddOffsetsToTxn',
    apiVersion: ADD_OFFSETS_VERSION,
    body: { transactionalId: idOf(config), producerId, producerEpoch, groupId },
  };
}

export function txnOffsetCommit(
  config: ProducerConfig,
  { producerId, producerEpoch }: ProducerIdentity,
  group: ConsumerGroupMetadata,
  offsets: readonly CommittedOffset[],
): RequestOf<'TxnOffsetCommit'> {
  return {
    api: 'TxnOffsetCommit',
    apiVersion: config.transactionVersion === 2 ? TXN_OFFSET_COMMIT_TV2 : TXN_OFFSET_COMMIT_TV2 - 1,
    body: {
      transactionalId: idOf(config),
      groupId: group.groupId,
      producerId,
      producerEpoch,
      generationIdOrMemberEpoch: group.generationId,
      memberId: group.memberId,
      groupInstanceId: group.groupInstanceId,
      offsets,
    },
  };
}

export function endTxn(
  config: ProducerConfig,
  { producerId, producerEpoch }: ProducerIdentity,
  committed: boolean,
): RequestOf<'EndTxn'> {
  return {
    api: 'EndTxn',
    apiVersion: config.transactionVersion === 2 ? END_TXN_TV2 : END_TXN_TV2 - 1,
    body: { transactionalId: idOf(config), producerId, producerEpoch, committed },
  };
}

/** Only a transactional producer writes these. */
function idOf(config: ProducerConfig): string {
  return config.transactionalId ?? '';
}
