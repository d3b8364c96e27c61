/** InitProducerId (TransactionCoordinator.handleInitProducerId): a producer starts, continues (KIP-360) or takes over. */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import type { ProducerId, TransactionalId } from '../../../protocol/ids.ts';
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../../protocol/ids.ts';
import type { InitProducerIdRequest } from '../../../protocol/messages/init-producer-id.ts';
import type { RequestOf } from '../../../protocol/messages/rpc.ts';
import type { CoordinatorConfig } from '../config.ts';
import { hasExpectation, isEpochExhausted } from '../decisions.ts';
import type { Reply } from '../handlers.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';
import type { TransactionMetadata, TransitMetadata } from '../transaction-metadata.ts';
import {
  TWO_PHASE_COMMIT_TIMEOUT_MS,
  freshMetadata,
  prepareIncrementProducerEpoch,
  prepareProducerIdRotation,
} from '../transaction-metadata.ts';
import type { OwnedPartition } from '../transaction-state-manager.ts';
import { forClient, withoutIdentity } from './answers.ts';
import { abortOngoing } from './end-txn.ts';

/** First version that knows PRODUCER_FENCED. */
const FENCED_VERSION = 4;

type Done = Reply<'InitProducerId'>;

export function initProducerId(
  coordinator: TransactionCoordinator,
  request: RequestOf<'InitProducerId'>,
  reply: Done,
): void {
  const { apiVersion, body } = request;
  const done: Done = (answer) => {
    const errorCode = forClient(answer.errorCode, apiVersion, FENCED_VERSION);
    reply(errorCode === 'NONE' ? answer : withoutIdentity(errorCode));
  };
  const hasId = body.producerId !== NO_PRODUCER_ID;
  if (hasId !== (body.producerEpoch !== NO_PRODUCER_EPOCH)) {
    done(withoutIdentity('INVALID_REQUEST'));
  } else if (body.transactionalId === null) {
    done(idempotentIdentity(coordinator.producerIds.generate()));
  } else {
    initTransactional(coordinator, body.transactionalId, body, done);
  }
}

function idempotentIdentity(producerId: ProducerId | null): Parameters<Done>[0] {
  return producerId === null
    ? withoutIdentity('COORDINATOR_LOAD_IN_PROGRESS')
    : { errorCode: 'NONE', producerId, producerEpoch: 0 };
}

function initTransactional(
  coordinator: TransactionCoordinator,
  transactionalId: TransactionalId,
  body: InitProducerIdRequest,
  done: Done,
): void {
  const refused = refusedAtOnce(transactionalId, body, coordinator.config);
  if (refused !== 'NONE') return done(withoutIdentity(refused));
  const owned = coordinator.state.gate(transactionalId);
  if (typeof owned === 'string') return done(withoutIdentity(owned));
  const timeoutMs = body.enable2Pc ? TWO_PHASE_COMMIT_TIMEOUT_MS : body.transactionTimeoutMs;
  const metadata = findOrCreate(coordinator, owned, transactionalId, timeoutMs);
  if (metadata === null) return done(withoutIdentity('COORDINATOR_LOAD_IN_PROGRESS'));

  if (metadata.pendingState !== null) return done(withoutIdentity('CONCURRENT_TRANSACTIONS'));
  if (!coordinator.decisions.isExpectedIdentity(metadata, body)) {
    return done(withoutIdentity('PRODUCER_FENCED'));
  }
  switch (coordinator.decisions.initProducerIdStep(metadata.state)) {
    case 'wait':
      return done(withoutIdentity('CONCURRENT_TRANSACTIONS'));
    case 'fence':
      return fence(coordinator, metadata, done);
    case 'initialise':
      return initialise(coordinator, owned, metadata, { body, timeoutMs }, done);
  }
}

/** The checks that need no state, in Kafka's order. */
function refusedAtOnce(
  transactionalId: TransactionalId,
  body: InitProducerIdRequest,
  config: CoordinatorConfig,
): ErrorCode {
  if (transactionalId === '') return 'INVALID_REQUEST';
  if (body.enable2Pc && !config.twoPhaseCommitEnabled) {
    return 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED';
  }
  if (body.keepPreparedTxn) return 'UNSUPPORTED_VERSION';
  const { transactionTimeoutMs } = body;
  const isValid =
    transactionTimeoutMs > 0 && transactionTimeoutMs <= config.transactionMaxTimeoutMs;
  return body.enable2Pc || isValid ? 'NONE' : 'INVALID_TRANSACTION_TIMEOUT';
}

function findOrCreate(
  coordinator: TransactionCoordinator,
  owned: OwnedPartition,
  transactionalId: TransactionalId,
  timeoutMs: number,
): TransactionMetadata | null {
  const known = owned.transactions.get(transactionalId);
  if (known !== undefined) return known;
  const producerId = coordinator.producerIds.generate();
  if (producerId === null) return null;
  const nowMs = coordinator.ports.clock.nowMs();
  const metadata = freshMetadata(transactionalId, producerId, timeoutMs, nowMs);
  owned.transactions.set(transactionalId, metadata);
  return metadata;
}

/** Aborts the open transaction under a higher epoch; the caller retries and then gets an epoch of its own. */
function fence(
  coordinator: TransactionCoordinator,
  metadata: TransactionMetadata,
  done: Done,
): void {
  abortOngoing(coordinator, metadata, 'fence', ({ errorCode }) =>
    done(withoutIdentity(errorCode === 'NONE' ? 'CONCURRENT_TRANSACTIONS' : errorCode)),
  );
}

function initialise(
  coordinator: TransactionCoordinator,
  owned: OwnedPartition,
  metadata: TransactionMetadata,
  request: { readonly body: InitProducerIdRequest; readonly timeoutMs: number },
  done: Done,
): void {
  const transit = prepareInitialise(coordinator, metadata, request.body, request.timeoutMs);
  if (typeof transit === 'string') return done(withoutIdentity(transit));
  coordinator.state.append(owned, metadata, transit, (errorCode) =>
    done({
      errorCode,
      producerId: transit.producerId,
      producerEpoch: transit.producerEpoch,
    }),
  );
}

function prepareInitialise(
  coordinator: TransactionCoordinator,
  metadata: TransactionMetadata,
  body: InitProducerIdRequest,
  timeoutMs: number,
): TransitMetadata | ErrorCode {
  const { decisions, ports, producerIds } = coordinator;
  const nowMs = ports.clock.nowMs();
  if (decisions.rotatesProducerId(metadata, body)) {
    const producerId = producerIds.generate();
    if (producerId === null) return 'COORDINATOR_LOAD_IN_PROGRESS';
    return prepareProducerIdRotation(metadata, producerId, timeoutMs, nowMs, hasExpectation(body));
  }
  // TransactionMetadata.prepareIncrementProducerEpoch throws before it looks at what the client expects.
  if (isEpochExhausted(metadata.producerEpoch)) return 'UNKNOWN_SERVER_ERROR';
  const epochs = decisions.nextEpochs(metadata, body);
  if (epochs === null) return 'PRODUCER_FENCED';
  return prepareIncrementProducerEpoch(metadata, epochs, timeoutMs, nowMs);
}
