/** Clauses on identities: what InitProducerId hands out, and to whom. */

import { HANDLERS } from '../../impl/transaction-coordinator/handlers.ts';
import { DECISIONS } from '../../impl/transaction-coordinator/decisions.ts';
import type { Clause } from './clause.ts';
import { ofCoordinator } from './directed-test.ts';

const INIT = 'TransactionCoordinator.handleInitProducerId';
const KEEPS_EPOCHS = {
  decisions: {
    nextEpochs: ({ producerEpoch, lastProducerEpoch }) => ({ producerEpoch, lastProducerEpoch }),
  },
} satisfies Parameters<typeof ofCoordinator>[0]['brokenBy'];

export const INIT_CLAUSES: readonly Clause[] = [
  {
    id: 'EOS-INIT-01',
    level: 'must',
    requirement:
      'The first InitProducerId of a transactional id is answered with a producer id and epoch 0.',
    kips: ['KIP-98'],
    kafka: INIT,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'first-identity-has-epoch-0',
        script: `init => NONE 7.0
                 logged => Empty (7,0)`,
        brokenBy: KEEPS_EPOCHS,
      }),
    ],
  },
  {
    id: 'EOS-INIT-02',
    level: 'must',
    requirement:
      'A further InitProducerId that presents no identity is answered with the same producer id and the next epoch.',
    kips: ['KIP-98'],
    kafka: 'TransactionMetadata.prepareIncrementProducerEpoch',
    claims: ['ZombieFencing', 'TransactionalIdReusable'],
    tests: [
      ofCoordinator({
        name: 'next-instance-gets-the-next-epoch',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 init => NONE 7.2`,
        brokenBy: {
          decisions: {
            nextEpochs: (metadata, expected) => ({
              ...DECISIONS.nextEpochs(metadata, expected)!,
              producerEpoch: 0,
            }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-03',
    level: 'must',
    requirement:
      'An InitProducerId that presents the current identity is answered with the next epoch of the same producer id.',
    kips: ['KIP-360'],
    kafka: 'TransactionMetadata.prepareIncrementProducerEpoch',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'own-identity-is-bumped',
        script: `init => NONE 7.0
                 init 7.0 => NONE 7.1
                 init 7.1 => NONE 7.2`,
        brokenBy: { decisions: { isExpectedIdentity: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-INIT-04',
    level: 'must',
    requirement:
      'Repeating an InitProducerId whose answer was lost yields the identity of that answer, not another bump.',
    kips: ['KIP-360'],
    kafka: 'TransactionMetadata.prepareIncrementProducerEpoch',
    claims: ['NoSpuriousFencing'],
    tests: [
      ofCoordinator({
        name: 'lost-bump-is-answered-again',
        script: `init => NONE 7.0
                 init 7.0 => NONE 7.1
                 init 7.0 => NONE 7.1`,
        brokenBy: {
          decisions: {
            nextEpochs: ({ producerEpoch }) => ({
              producerEpoch: producerEpoch + 1,
              lastProducerEpoch: producerEpoch,
            }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-05',
    level: 'must',
    requirement:
      'An InitProducerId that presents an identity which a newer instance has replaced is refused with PRODUCER_FENCED.',
    kips: ['KIP-360'],
    kafka: 'TransactionMetadata.prepareIncrementProducerEpoch',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'replaced-identity-is-fenced',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 init 7.0 => PRODUCER_FENCED
                 init 9.0 => PRODUCER_FENCED`,
        brokenBy: {
          decisions: {
            nextEpochs: ({ producerEpoch }) => ({
              producerEpoch: producerEpoch + 1,
              lastProducerEpoch: producerEpoch,
            }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-06',
    level: 'must',
    requirement:
      'Below version 4, InitProducerId answers INVALID_PRODUCER_EPOCH where newer versions answer PRODUCER_FENCED.',
    kips: ['KIP-588'],
    kafka: 'KafkaApis.handleInitProducerIdRequest',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'old-init-does-not-know-fenced',
        script: `init => NONE 7.0
                 init => NONE 7.1
                 init 7.0 v3 => INVALID_PRODUCER_EPOCH
                 init 7.0 v4 => PRODUCER_FENCED`,
        brokenBy: {
          handlers: {
            initProducerId: (coordinator, request, reply) =>
              HANDLERS.initProducerId(coordinator, { ...request, apiVersion: 5 }, reply),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-07',
    level: 'must',
    requirement:
      'No client is given the last epoch: when 32766 is reached, the next identity is a new producer id with epoch 0.',
    kips: ['KIP-360'],
    kafka: 'TransactionMetadata.isProducerEpochExhausted, prepareProducerIdRotation',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'exhausted-epoch-rotates-the-id',
        script: `init => NONE 7.0
                 epoch 32766 => nothing
                 init => NONE 8.0
                 logged => Empty (7,0); Empty (8,0)`,
        brokenBy: { decisions: { rotatesProducerId: () => false } },
      }),
    ],
  },
  {
    id: 'EOS-INIT-08',
    level: 'must',
    requirement:
      'A client whose answer with a rotated producer id was lost is recognised by its old identity and given the new one.',
    kips: ['KIP-360'],
    kafka: INIT,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'lost-rotation-is-answered-again',
        script: `init => NONE 7.0
                 epoch 32766 => nothing
                 init 7.32766 => NONE 8.0
                 init 7.32766 => NONE 8.0
                 init 7.32765 => PRODUCER_FENCED`,
        brokenBy: {
          decisions: {
            isExpectedIdentity: (metadata, { producerId }) => producerId === metadata.producerId,
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-09',
    level: 'must',
    requirement:
      'While no producer id can be allocated, InitProducerId is answered COORDINATOR_LOAD_IN_PROGRESS and assigns nothing.',
    kips: [],
    kafka: 'RPCProducerIdManager.generateProducerId',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'no-producer-id-to-be-had',
        script: `no-ids => nothing
                 init => COORDINATOR_LOAD_IN_PROGRESS
                 init idempotent => COORDINATOR_LOAD_IN_PROGRESS
                 logged => nothing`,
        brokenBy: {
          handlers: {
            initProducerId: (_coordinator, _request, reply) =>
              reply({ errorCode: 'NONE', producerId: 0, producerEpoch: 0 }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-10',
    level: 'must',
    requirement:
      'A producer without transactional id is given, each time it asks, a producer id that nobody had, with epoch 0.',
    kips: ['KIP-98'],
    kafka: INIT,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'idempotent-producers-share-no-id',
        script: `init => NONE 7.0
                 init idempotent => NONE 8.0
                 init idempotent 8.0 => NONE 9.0
                 init id=other => NONE 10.0`,
        brokenBy: {
          handlers: {
            initProducerId: (coordinator, request, reply) =>
              request.body.transactionalId === null
                ? reply({ errorCode: 'NONE', producerId: 7, producerEpoch: 0 })
                : HANDLERS.initProducerId(coordinator, request, reply),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-11',
    level: 'must',
    requirement:
      'An empty transactional id, and a producer id without an epoch or the reverse, are refused with INVALID_REQUEST.',
    kips: ['KIP-98', 'KIP-360'],
    kafka: 'KafkaApis.handleInitProducerIdRequest',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'malformed-init-is-refused',
        script: `init id= => INVALID_REQUEST
                 init 7.-1 => INVALID_REQUEST
                 init -1.0 => INVALID_REQUEST
                 logged => nothing`,
        brokenBy: {
          handlers: {
            initProducerId: (_coordinator, _request, reply) =>
              reply({ errorCode: 'NONE', producerId: 0, producerEpoch: 0 }),
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-12',
    level: 'must',
    requirement:
      'A transaction timeout that is not positive, or above transaction.max.timeout.ms, is refused with INVALID_TRANSACTION_TIMEOUT.',
    kips: ['KIP-98'],
    kafka: 'TransactionStateManager.validateTransactionTimeoutMs',
    claims: [],
    tests: [
      ofCoordinator({
        name: 'timeout-out-of-bounds-is-refused',
        script: `init timeout=0 => INVALID_TRANSACTION_TIMEOUT
                 init timeout=900001 => INVALID_TRANSACTION_TIMEOUT
                 init timeout=900000 => NONE 7.0`,
        brokenBy: {
          handlers: {
            initProducerId: (coordinator, request, reply) => {
              const body = { ...request.body, transactionTimeoutMs: 60_000 };
              HANDLERS.initProducerId(coordinator, { ...request, body }, reply);
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-13',
    level: 'must',
    requirement:
      'Two-phase commit is refused with TRANSACTIONAL_ID_AUTHORIZATION_FAILED unless the broker enables it, and keeping a prepared transaction with UNSUPPORTED_VERSION.',
    kips: ['KIP-939'],
    kafka: INIT,
    claims: [],
    tests: [
      ofCoordinator({
        name: 'two-phase-commit-is-off',
        script: `init 2pc => TRANSACTIONAL_ID_AUTHORIZATION_FAILED
                 init keep => UNSUPPORTED_VERSION
                 logged => nothing`,
        brokenBy: {
          handlers: {
            initProducerId: (coordinator, request, reply) => {
              const body = { ...request.body, enable2Pc: false, keepPreparedTxn: false };
              HANDLERS.initProducerId(coordinator, { ...request, body }, reply);
            },
          },
        },
      }),
    ],
  },
  {
    id: 'EOS-INIT-14',
    level: 'must',
    requirement:
      'While a decided transaction is being completed, InitProducerId is answered CONCURRENT_TRANSACTIONS and leaves the decision alone.',
    kips: ['KIP-98'],
    kafka: INIT,
    claims: ['AtomicVisibility', 'OneDecision'],
    tests: [
      ofCoordinator({
        name: 'init-waits-for-the-markers',
        script: `init => NONE 7.0
                 add 7.0 a-0 v3 => NONE
                 end 7.0 commit v4 => NONE
                 init => CONCURRENT_TRANSACTIONS
                 marking => 1: COMMIT (7,0) tv0 epoch 1 a-0
                 markers NONE => nothing
                 init => NONE 7.1`,
        brokenBy: {
          handlers: {
            initProducerId: (_coordinator, _request, reply) =>
              reply({ errorCode: 'NONE', producerId: 7, producerEpoch: 1 }),
          },
        },
      }),
    ],
  },
];
