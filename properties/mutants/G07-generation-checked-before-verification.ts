/** A member that is fenced while its commit is being verified still gets its offsets in. */

import { HANDLERS } from '../../impl/group-coordinator/handlers.ts';
import { SENTINEL_GUARD } from '../../impl/partition-leader/verification.ts';
import type { Mutant } from './mutant.ts';

export const G07: Mutant = {
  id: 'G07',
  name: 'generation-checked-before-verification',
  change: 'The generation is checked before the coordinator is asked, and not again after',
  source: 'KAFKA-15784, KIP-447; GroupCoordinatorService.commitTransactionalOffsets',
  transactionVersions: [0, 1, 2],
  minFaults: 1,
  killedBy: ['ZombieFencing'],
  survives:
    'ZombieFencing excuses a commit of offsets that was under way before the newer generation began: no client can tell when it was checked. A directed test of the group coordinator sees it (KAFKA-15784).',
  overrides: {
    groupCoordinator: {
      handlers: {
        txnOffsetCommit(shard, request, reply) {
          const { transactionalId, producerId, producerEpoch, ...asked } = request.body;
          const group = shard.groups.get(asked.groupId);
          const identity = { ...asked, generation: asked.generationIdOrMemberEpoch };
          const fenced =
            group === undefined
              ? shard.decisions.validateWithoutGroup(identity.generation, true)
              : shard.decisions.validateTxnOffsetCommit(group, identity);
          if (shard.isLoading || fenced !== 'NONE') {
            HANDLERS.commitTransactionalOffsets(shard, request, SENTINEL_GUARD, reply);
            return;
          }
          const operation = shard.decisions.operationOf(request.apiVersion);
          const question = { transactionalId, producerId, producerEpoch, operation };
          shard.handlers.verifyTransaction(shard, question, (refused, guard) => {
            if (refused === 'NONE') {
              shard.handlers.writeTransactionalOffsets(shard, request, guard, reply);
              return;
            }
            const errorCode = shard.decisions.operationError(refused);
            const { offsets } = request.body;
            reply({ partitions: offsets.map(({ partition }) => ({ partition, errorCode })) });
          });
        },
      },
    },
  },
};
