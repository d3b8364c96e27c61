/**
 * Appends of a coordinator to the partition that it keeps its state in (CoordinatorPartitionWriter): like a client's,
 * but that duplicates and sequences are not judged (origin COORDINATOR), and that verification comes before the
 * coordinator decides what to write.
 */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_PRODUCER_ID, NO_SEQUENCE } from '../../protocol/ids.ts';
import type { ControlBatch, DataBatch, ProducedBatch } from '../../protocol/records.ts';
import { dataBatchError, markerError } from './append-validation.ts';
import type { PartitionLeader, PartitionMarker } from './partition-leader.ts';
import { hasOngoingTransaction } from './producer-state.ts';
import type { VerificationGuard, VerificationRequest } from './verification.ts';
import { SENTINEL_GUARD } from './verification.ts';

export type CoordinatorVerification = Omit<VerificationRequest, 'partition'>;

/**
 * ReplicaManager.maybeSendPartitionToTransactionCoordinator. Unlike Produce it is not asked again while the previous
 * transaction is completing: the client retries (TransactionManager.TxnOffsetCommitHandler).
 */
export function startVerification(
  leader: PartitionLeader,
  request: CoordinatorVerification,
  done: (errorCode: ErrorCode, guard: VerificationGuard) => void,
): void {
  const { decisions, config, partition } = leader;
  const { producerId, producerEpoch, operation } = request;
  if (operation !== 'ADD_PARTITION' && !decisions.verificationIsOn(config.partitionVerification)) {
    return done('NONE', SENTINEL_GUARD);
  }
  const entry = leader.producers.get(producerId);
  if (entry !== undefined && decisions.epochIsStale(entry.producerEpoch, producerEpoch)) {
    return done('INVALID_PRODUCER_EPOCH', SENTINEL_GUARD);
  }
  if (hasOngoingTransaction(entry, producerEpoch)) return done('NONE', SENTINEL_GUARD);
  const guard = leader.verification.startOrContinue(
    producerId,
    producerEpoch,
    NO_SEQUENCE,
    operation === 'ADD_PARTITION',
    leader.ports.clock.nowMs(),
  );
  leader.ports.verification.verify({ ...request, partition }, (errorCode) =>
    done(errorCode, guard),
  );
}

/** UnifiedLog.append with origin COORDINATOR: what was appended, or why it was refused and nothing changed. */
export function appendAsCoordinator(
  leader: PartitionLeader,
  batch: ProducedBatch,
  guard: VerificationGuard,
): DataBatch | ErrorCode {
  if (batch.producerId !== NO_PRODUCER_ID) {
    const errorCode = dataBatchError(leader, batch, guard, 'COORDINATOR');
    if (errorCode !== 'NONE') return errorCode;
  }
  return leader.appendData(batch);
}

/** A transaction marker, judged like any other partition's. */
export function appendMarkerAsCoordinator(
  leader: PartitionLeader,
  marker: PartitionMarker,
): ControlBatch | ErrorCode {
  const errorCode = markerError(leader, marker);
  return errorCode === 'NONE' ? leader.appendMarker(marker) : errorCode;
}
