/**
 * EndTxn and every other end of a transaction (TransactionCoordinator.endTransaction, endTransactionWithTV1): check,
 * log Prepare*, answer, then tell the leaders. The answer does not wait for the markers.
 */

import type { ErrorCode } from '../../../protocol/error-codes.ts';
import { NO_PRODUCER_EPOCH, NO_PRODUCER_ID } from '../../../protocol/ids.ts';
import type { RequestOf } from '../../../protocol/messages/rpc.ts';
import type { EndCause, RequestAge } from '../decisions.ts';
import { isEpochExhausted } from '../decisions.ts';
import type { End, PendingEnd, Reply } from '../handlers.ts';
import type { TransactionCoordinator } from '../transaction-coordinator.ts';
import type { TransactionMetadata, TransitMetadata } from '../transaction-metadata.ts';
import {
  prepareAbortOrCommit,
  prepareComplete,
  prepareFenceProducerEpoch,
} from '../transaction-metadata.ts';
import type { OwnedPartition } from '../transaction-state-manager.ts';
import { forClient, withoutIdentity } from './answers.ts';

/** First version that knows PRODUCER_FENCED. */
const FENCED_VERSION = 2;

const AGE_ERRORS: Readonly<Record<RequestAge, ErrorCode>> = {
  current: 'NONE',
  retry: 'NONE',
  stale: 'PRODUCER_FENCED',
  'other-producer': 'INVALID_PRODUCER_ID_MAPPING',
};

export function endTxn(
  coordinator: TransactionCoordinator,
  request: RequestOf<'EndTxn'>,
  reply: Reply<'EndTxn'>,
): void {
  const { apiVersion, body } = request;
  const end: End = {
    transactionalId: body.transactionalId,
    producerId: body.producerId,
    producerEpoch: body.producerEpoch,
    result: body.committed ? 'COMMIT' : 'ABORT',
    transactionVersion: coordinator.decisions.endTxnTransactionVersion(apiVersion),
    cause: 'client',
  };
  coordinator.handlers.endTransaction(coordinator, end, (answer) => {
    const errorCode = forClient(answer.errorCode, apiVersion, FENCED_VERSION);
    reply({ ...answer, errorCode });
  });
}

export function endTransaction(
  coordinator: TransactionCoordinator,
  end: End,
  done: Reply<'EndTxn'>,
): void {
  if (end.transactionalId === '') return done(withoutIdentity('INVALID_REQUEST'));
  const owned = coordinator.state.gate(end.transactionalId);
  if (typeof owned === 'string') return done(withoutIdentity(owned));
  const metadata = owned.transactions.get(end.transactionalId);
  if (metadata === undefined) return done(withoutIdentity('INVALID_PRODUCER_ID_MAPPING'));

  const age = coordinator.decisions.requestAge(metadata, end, end.transactionVersion, end.cause);
  const refused = refusal(metadata, end, age);
  if (refused !== 'NONE') return done(withoutIdentity(refused));
  const outcome = coordinator.decisions.endOutcome(
    metadata.state,
    end.result,
    end.transactionVersion,
    age,
  );
  if (outcome === 'prepare') return prepareEnd(coordinator, owned, metadata, end, done);
  done(outcome === 'NONE' ? endedIdentity(metadata, end) : withoutIdentity(outcome));
}

/** TV2 looks at the pending transition first, since its identity may be one that is only pending; TV1 last. */
function refusal(metadata: TransactionMetadata, end: End, age: RequestAge): ErrorCode {
  const isBusy = metadata.pendingState !== null && metadata.pendingState !== 'PrepareEpochFence';
  if (isBusy && end.transactionVersion >= 2) return 'CONCURRENT_TRANSACTIONS';
  const ageError = AGE_ERRORS[age];
  if (ageError !== 'NONE') return ageError;
  return isBusy ? 'CONCURRENT_TRANSACTIONS' : 'NONE';
}

/** Only TV2 tells the client its identity for the next transaction (KIP-890). */
function endedIdentity(
  identity: TransitMetadata,
  { transactionVersion }: { readonly transactionVersion: number },
): Parameters<Reply<'EndTxn'>>[0] {
  if (transactionVersion < 2) return withoutIdentity('NONE');
  const { producerId, producerEpoch } = identity;
  return { errorCode: 'NONE', producerId, producerEpoch };
}

function prepareEnd(
  coordinator: TransactionCoordinator,
  owned: OwnedPartition,
  metadata: TransactionMetadata,
  end: End,
  done: Reply<'EndTxn'>,
): void {
  const { transactionVersion, cause } = end;
  const isByCoordinator = cause !== 'client';
  // PrepareEpochFence makes way for PrepareAbort, also if the end fails below.
  if (isByCoordinator) metadata.pendingState = null;
  let nextProducerId: number | null = NO_PRODUCER_ID;
  if (transactionVersion >= 2 && isEpochExhausted(metadata.producerEpoch)) {
    nextProducerId = coordinator.producerIds.generate();
    if (nextProducerId === null) return done(withoutIdentity('COORDINATOR_LOAD_IN_PROGRESS'));
  }
  // TV1 shows the fencing epoch in memory before it is logged; TV2 bumps in the logged transition alone.
  if (isByCoordinator && transactionVersion < 2) {
    metadata.producerEpoch = end.producerEpoch;
    metadata.lastProducerEpoch = NO_PRODUCER_EPOCH;
  }
  const epochs =
    isByCoordinator && transactionVersion >= 2
      ? { producerEpoch: end.producerEpoch, lastProducerEpoch: metadata.producerEpoch }
      : coordinator.decisions.epochsAtEnd(metadata, end.result, transactionVersion);
  const transit = prepareAbortOrCommit(
    metadata,
    {
      state: end.result === 'COMMIT' ? 'PrepareCommit' : 'PrepareAbort',
      epochs,
      // endTransactionWithTV1 records level 0, whatever the server's own level.
      transactionVersion: transactionVersion >= 2 ? 2 : 0,
      nextProducerId,
      noPartitionAdded: metadata.state !== 'Ongoing',
    },
    coordinator.ports.clock.nowMs(),
  );
  coordinator.handlers.writePrepared(coordinator, { owned, metadata, transit, cause }, done);
}

/**
 * Ends an Ongoing transaction for a newer instance or the timeout, under an epoch that shuts its producer out, at the
 * server's transaction version.
 */
export function abortOngoing(
  coordinator: TransactionCoordinator,
  metadata: TransactionMetadata,
  cause: Exclude<EndCause, 'client'>,
  done: Reply<'EndTxn'>,
): void {
  const { transactionVersion } = coordinator.ports.metadata;
  const producerEpoch = coordinator.decisions.fencedEpoch(metadata, transactionVersion, cause);
  prepareFenceProducerEpoch(metadata);
  coordinator.handlers.endTransaction(
    coordinator,
    {
      transactionalId: metadata.transactionalId,
      producerId: metadata.producerId,
      producerEpoch,
      result: 'ABORT',
      transactionVersion,
      cause,
    },
    done,
  );
}

export function writePrepared(
  coordinator: TransactionCoordinator,
  pending: PendingEnd,
  done: Reply<'EndTxn'>,
): void {
  const { owned, metadata, transit, cause } = pending;
  coordinator.state.append(owned, metadata, transit, (errorCode) => {
    if (errorCode === 'NONE') {
      coordinator.handlers.prepareReplicated(coordinator, pending, done);
      return;
    }
    if (cause !== 'client' && transit.clientTransactionVersion < 2) {
      metadata.hasFailedEpochFence = true;
    }
    done(withoutIdentity(errorCode));
  });
}

export function prepareReplicated(
  coordinator: TransactionCoordinator,
  { owned, metadata, transit }: PendingEnd,
  done: Reply<'EndTxn'>,
): void {
  const complete = prepareComplete(metadata, coordinator.ports.clock.nowMs());
  done(endedIdentity(complete, { transactionVersion: transit.clientTransactionVersion }));
  coordinator.markers.add(owned, metadata, owned.coordinatorEpoch, complete);
  coordinator.markers.flush();
}
