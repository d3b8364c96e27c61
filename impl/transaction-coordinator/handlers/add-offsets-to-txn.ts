/** AddOffsetsToTxn (KafkaApis.handleAddOffsetsToTxnRequest): adds the group's partition of `__consumer_offsets`. */

import { CONSUMER_OFFSETS_TOPIC } from '../../../protocol/limits.ts';
import type { RequestOf } from '../../../protocol/messages/rpc.ts';
import { partitionFor } from '../../ports.ts';
import type { Reply } from '../handlers.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';
import { forClient } from './answers.ts';

/** First version that knows PRODUCER_FENCED. */
const FENCED_VERSION = 2;

export function addOffsetsToTxn(
  coordinator: TransactionCoordinator,
  request: RequestOf<'AddOffsetsToTxn'>,
  reply: Reply<'AddOffsetsToTxn'>,
): void {
  const { transactionalId, producerId, producerEpoch, groupId } = request.body;
  const partition = partitionFor(groupId, coordinator.ports.metadata.consumerOffsetsPartitions);
  coordinator.handlers.addPartitions(
    coordinator,
    {
      transactionalId,
      producerId,
      producerEpoch,
      partitions: [`${CONSUMER_OFFSETS_TOPIC}-${partition}`],
      transactionVersion: 0,
    },
    (errorCode) => reply({ errorCode: forClient(errorCode, request.apiVersion, FENCED_VERSION) }),
  );
}
