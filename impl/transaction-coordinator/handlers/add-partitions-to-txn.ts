/**
 * AddPartitionsToTxn (KafkaApis.handleAddPartitionsToTxnRequest): clients add partitions below version 4; brokers
 * verify or add from version 4 on, several transactions in one request (KIP-890).
 */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { TopicPartition } from '../../../protocol/ids.ts';
import { CONSUMER_OFFSETS_TOPIC, TRANSACTION_STATE_TOPIC } from '../../../protocol/limits.ts';
import type {
  AddPartitionsToTxnResult,
  AddPartitionsToTxnTransaction,
} from '../../../protocol/messages/add-partitions-to-txn.ts';
import type { RequestOf } from '../../../protocol/messages/rpc.ts';
import { ADD_PARTITIONS_BROKER } from '../../../protocol/transaction-version.ts';
import type { Addition, Pending, Reply } from '../handlers.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';
import { prepareAddPartitions } from '../transaction-metadata.ts';
import { forClient } from './answers.ts';

/** First version that knows PRODUCER_FENCED. */
const FENCED_VERSION = 2;
const OFFSETS_PREFIX = `${CONSUMER_OFFSETS_TOPIC}-`;
const STATE_PREFIX = `${TRANSACTION_STATE_TOPIC}-`;

type PartitionResults = AddPartitionsToTxnResult['partitions'];

/**
 * Answers once every transaction of the request has its result, in the request's order. An addition that the log's
 * serializer refuses is an exception in Kafka: it ends the request, whose whole answer is the code
 * (KafkaApis.handle, AddPartitionsToTxnRequest.getErrorResponse).
 */
export function addPartitionsToTxn(
  coordinator: TransactionCoordinator,
  request: RequestOf<'AddPartitionsToTxn'>,
  reply: Reply<'AddPartitionsToTxn'>,
): void {
  const { apiVersion, body } = request;
  const { transactions } = body;
  const results: AddPartitionsToTxnResult[] = [];
  let outstanding = transactions.length;
  let isRefused = false;
  if (outstanding === 0) reply({ errorCode: 'NONE', results });
  for (let index = 0; index < transactions.length && !isRefused; index += 1) {
    const transaction = transactions[index]!;
    handleTransaction(coordinator, transaction, apiVersion, (partitions) => {
      if (partitions === 'UNSUPPORTED_VERSION') {
        isRefused = true;
        reply({ errorCode: partitions, results: [] });
        return;
      }
      results[index] = { transactionalId: transaction.transactionalId, partitions };
      outstanding -= 1;
      if (outstanding === 0) reply({ errorCode: 'NONE', results });
    });
  }
}

function handleTransaction(
  coordinator: TransactionCoordinator,
  transaction: AddPartitionsToTxnTransaction,
  apiVersion: number,
  done: (partitions: PartitionResults | 'UNSUPPORTED_VERSION') => void,
): void {
  const { partitions } = transaction;
  if (!partitions.every((name) => refusal(coordinator, name, apiVersion) === 'NONE')) {
    done(partitions.map((name) => notAttempted(name, refusal(coordinator, name, apiVersion))));
  } else if (apiVersion >= ADD_PARTITIONS_BROKER && transaction.verifyOnly) {
    done(verified(coordinator, transaction));
  } else {
    const transactionVersion = coordinator.decisions.addPartitionsTransactionVersion(apiVersion);
    coordinator.handlers.addPartitions(
      coordinator,
      {
        transactionalId: transaction.transactionalId,
        producerId: transaction.producerId,
        producerEpoch: transaction.producerEpoch,
        partitions,
        transactionVersion,
      },
      (errorCode) =>
        done(
          errorCode === 'UNSUPPORTED_VERSION'
            ? errorCode
            : everywhere(partitions, forClient(errorCode, apiVersion, FENCED_VERSION)),
        ),
    );
  }
}

/** A client may not name the internal topics; nobody may name a partition that the cluster does not have. */
function refusal(
  coordinator: TransactionCoordinator,
  partition: TopicPartition,
  apiVersion: number,
): ErrorCode {
  if (apiVersion < ADD_PARTITIONS_BROKER && isInternal(partition)) {
    return 'TOPIC_AUTHORIZATION_FAILED';
  }
  const isKnown = coordinator.ports.metadata.leaderOf(partition) !== null;
  return isKnown ? 'NONE' : 'UNKNOWN_TOPIC_OR_PARTITION';
}

function isInternal(partition: TopicPartition): boolean {
  return partition.startsWith(OFFSETS_PREFIX) || partition.startsWith(STATE_PREFIX);
}

function notAttempted(partition: TopicPartition, refused: ErrorCode): PartitionResults[number] {
  return { partition, errorCode: refused === 'NONE' ? 'OPERATION_NOT_ATTEMPTED' : refused };
}

function everywhere(partitions: readonly TopicPartition[], errorCode: ErrorCode): PartitionResults {
  return partitions.map((partition) => ({ partition, errorCode }));
}

/** TransactionCoordinator.handleVerifyPartitionsInTransaction. Writes nothing. */
function verified(
  coordinator: TransactionCoordinator,
  transaction: AddPartitionsToTxnTransaction,
): PartitionResults {
  const { transactionalId, partitions } = transaction;
  if (transactionalId === '') return everywhere(partitions, 'INVALID_REQUEST');
  const owned = coordinator.state.gate(transactionalId);
  if (typeof owned === 'string') return everywhere(partitions, owned);
  const metadata = owned.transactions.get(transactionalId);
  if (metadata === undefined) return everywhere(partitions, 'INVALID_PRODUCER_ID_MAPPING');
  const errorCode = coordinator.decisions.verifyTransaction(metadata, transaction);
  if (errorCode !== 'NONE') return everywhere(partitions, errorCode);
  return partitions.map((partition) => ({
    partition,
    errorCode: coordinator.decisions.verifyPartition(metadata, partition),
  }));
}

/**
 * TransactionCoordinator.handleAddPartitionsToTransaction. The pending transition is checked before the identity,
 * since under TV2 the caller may already hold an identity that only Complete* will install.
 */
export function addPartitions(
  coordinator: TransactionCoordinator,
  addition: Addition,
  done: (errorCode: ErrorCode) => void,
): void {
  const { transactionalId, partitions } = addition;
  if (transactionalId === '') return done('INVALID_REQUEST');
  const owned = coordinator.state.gate(transactionalId);
  if (typeof owned === 'string') return done(owned);
  const metadata = owned.transactions.get(transactionalId);
  if (metadata === undefined) return done('INVALID_PRODUCER_ID_MAPPING');
  if (metadata.pendingState !== null) return done('CONCURRENT_TRANSACTIONS');
  if (addition.producerId !== metadata.producerId) return done('INVALID_PRODUCER_ID_MAPPING');
  if (!coordinator.decisions.addPartitionsEpochIsValid(metadata, addition.producerEpoch)) {
    return done('PRODUCER_FENCED');
  }
  const answer = coordinator.decisions.addPartitionsAnswer(metadata, partitions);
  if (answer !== null) return done(answer);
  const nowMs = coordinator.ports.clock.nowMs();
  const transit = prepareAddPartitions(metadata, partitions, addition.transactionVersion, nowMs);
  coordinator.handlers.writeOngoing(coordinator, { owned, metadata, transit }, done);
}

export function writeOngoing(
  coordinator: TransactionCoordinator,
  { owned, metadata, transit }: Pending,
  done: (errorCode: ErrorCode) => void,
): void {
  coordinator.state.append(owned, metadata, transit, done);
}
