/**
 * The partition leader, for one copy of one partition and one producer id: the volatile part only. It reads no log;
 * what it must know of its log comes with the event as a view, which the composition defines by scanning the log.
 *
 * It keeps the verification entry (KIP-890 part 1), produce requests that wait for the coordinator, and answers that
 * wait for replication. It covers ReplicaManager's produce path, AddPartitionsToTxnManager for one transactional id,
 * and UnifiedLog's validation with ProducerAppendInfo, for transactional batches with acks=-1 and for markers.
 *
 * `Serving` is the only state in which events arrive. `Validating` and `Asking` are what happens within a step: the
 * order of UnifiedLog's checks, and the queue of AddPartitionsToTxnManager.
 *
 * Left out: non-transactional batches, age-out of verification entries, and the leader's own short retry loop after
 * CONCURRENT_TRANSACTIONS: the client's retry sends the same messages and is given the same guard.
 */

import { assign, setup } from 'xstate';
import type { ErrorCode } from '../protocol/error-codes.ts';
import type { LeaderSend } from './partition-leader-changes.ts';
import * as changes from './partition-leader-changes.ts';
import { LEADER_GUARDS } from './partition-leader-rules.ts';
import type {
  LeaderContext,
  LeaderEvent,
  LeaderScope,
  LeaderStep,
} from './partition-leader-state.ts';
import {
  initialLeaderContext,
  KAFKA_LEADER_SCOPE,
  NOTHING_KEPT,
} from './partition-leader-state.ts';
import type { PartitionLogEntry } from './partition-log.ts';

/** What a transition of the leader puts out. */
export type LeaderAction =
  | { readonly type: 'send'; readonly params: LeaderSend }
  | { readonly type: 'append'; readonly params: PartitionLogEntry }
  | { readonly type: 'ignore' | 'unexpected'; readonly params: undefined };

const leaderSetup = setup({
  types: {} as { context: LeaderContext; events: LeaderEvent },
  guards: LEADER_GUARDS,
  actions: {
    rememberVerification: assign(changes.rememberVerification),
    ask: assign(changes.ask),
    queue: assign(changes.queue),
    askForQueued: assign(changes.askForQueued),
    takeUnverified: assign(changes.takeUnverified),
    takeVerified: assign(changes.takeVerified),
    dropAsked: assign(changes.dropAsked),
    dropCandidate: assign(changes.dropCandidate),
    clearVerification: assign(changes.clearVerification),
    awaitReplication: assign(changes.awaitReplication),
    awaitOriginal: assign(changes.awaitOriginal),
    awaitMarkerReplication: assign(changes.awaitMarkerReplication),
    countReplicated: assign(changes.countReplicated),
    dropAnswered: assign(changes.dropAnswered),
    forgetConnection: assign(changes.forgetConnection),
    forgetEverything: assign(NOTHING_KEPT),
    send: (_args, _params: LeaderSend) => undefined,
    append: (_args, _params: PartitionLogEntry) => undefined,
    ignore: () => undefined,
    unexpected: () => undefined,
  },
});

function send(params: (step: LeaderStep) => LeaderSend) {
  return { type: 'send', params } as const;
}

function answer(errorCode: ErrorCode) {
  return send(changes.answer(errorCode));
}

function rejectCandidate(errorCode: ErrorCode) {
  return {
    target: 'Asking',
    actions: [send(changes.answerCandidate(errorCode)), 'dropCandidate'],
  } as const;
}

const APPEND_BATCH = { type: 'append', params: changes.appendedBatch } as const;
const APPEND_MARKER = { type: 'append', params: changes.appendedMarker } as const;

/** No event interrupts what happens within a step. */
const WITHIN_A_STEP = {
  ProduceRequest: { actions: 'unexpected' },
  AddPartitionsToTxnResponse: { actions: 'unexpected' },
  WriteTxnMarkersRequest: { actions: 'unexpected' },
  Replicated: { actions: 'unexpected' },
  Closed: { actions: 'unexpected' },
  LeaderLoaded: { actions: 'unexpected' },
} as const;

/** Kafka's leader; `createPartitionLeader` gives the same chart other bounds. */
export const partitionLeader = leaderSetup.createMachine({
  id: 'partition-leader',
  context: initialLeaderContext(KAFKA_LEADER_SCOPE),
  options: { maxIterations: 20 },
  initial: 'Serving',
  states: {
    Serving: {
      always: { guard: 'someAnswerIsDue', actions: [send(changes.answerDue), 'dropAnswered'] },
      on: {
        ProduceRequest: [
          { guard: 'isFencedBeforeVerification', actions: answer('INVALID_PRODUCER_EPOCH') },
          { guard: 'isTrusted', target: 'Validating', actions: 'takeUnverified' },
          {
            guard: 'isFirstToAsk',
            actions: ['rememberVerification', 'ask', send(changes.askCoordinator)],
          },
          { guard: 'isFirstInQueue', actions: ['rememberVerification', 'queue'] },
          {
            guard: 'isOlderThanQueued',
            actions: ['rememberVerification', answer('INVALID_PRODUCER_EPOCH')],
          },
          { actions: ['rememberVerification', send(changes.answerDisplaced), 'queue'] },
        ],
        AddPartitionsToTxnResponse: [
          { guard: 'nobodyAsked', actions: 'unexpected' },
          {
            guard: 'isRefused',
            target: 'Asking',
            actions: [send(changes.answerRefused), 'dropAsked'],
          },
          { target: 'Validating', actions: 'takeVerified' },
        ],
        WriteTxnMarkersRequest: [
          { guard: 'markerIsStale', actions: answer('INVALID_PRODUCER_EPOCH') },
          {
            guard: 'markerIsOfEarlierCoordinator',
            actions: answer('TRANSACTION_COORDINATOR_FENCED'),
          },
          { guard: 'markerKeepsVerification', actions: [APPEND_MARKER, 'awaitMarkerReplication'] },
          { actions: [APPEND_MARKER, 'awaitMarkerReplication', 'clearVerification'] },
        ],
        Replicated: { actions: 'countReplicated' },
        Closed: { actions: 'forgetConnection' },
        LeaderLoaded: { actions: 'forgetEverything' },
      },
    },
    Validating: {
      always: [
        { guard: 'isDuplicate', target: 'Asking', actions: 'awaitOriginal' },
        { guard: 'isStale', ...rejectCandidate('INVALID_PRODUCER_EPOCH') },
        { guard: 'lacksVerification', ...rejectCandidate('INVALID_TXN_STATE') },
        { guard: 'isHeldBack', ...rejectCandidate('OUT_OF_ORDER_SEQUENCE_NUMBER') },
        { guard: 'isOutOfOrder', ...rejectCandidate('OUT_OF_ORDER_SEQUENCE_NUMBER') },
        {
          target: 'Asking',
          actions: [APPEND_BATCH, 'awaitReplication', 'clearVerification'],
        },
      ],
      on: WITHIN_A_STEP,
    },
    Asking: {
      always: [
        {
          guard: 'canAskForQueued',
          target: 'Serving',
          actions: ['askForQueued', send(changes.askCoordinator)],
        },
        { target: 'Serving' },
      ],
      on: WITHIN_A_STEP,
    },
  },
});

/** The same chart within other bounds. */
export function createPartitionLeader(scope: LeaderScope): typeof partitionLeader {
  const config = { ...partitionLeader.config, context: initialLeaderContext(scope) };
  return leaderSetup.createMachine(config as never) as unknown as typeof partitionLeader;
}
