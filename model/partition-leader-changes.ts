/**
 * How a partition leader's memory changes, and what it says. Each function is the body of the named assignment of
 * the same name, or the params of an output.
 */

import type { ErrorCode } from '../protocol/error-codes.ts';
import { NO_PRODUCER_EPOCH } from '../protocol/ids.ts';
import { OWN_PARTITION, partitionRequest } from './append-rules.ts';
import { labelled } from './labelled.ts';
import type {
  AddPartitionsToTxnRequest,
  ProduceResponse,
  WriteTxnMarkersResponse,
} from './messages.ts';
import { addsPartition, refusal, retainedBatch, viewOf } from './partition-leader-rules.ts';
import type {
  Connection,
  LeaderContext,
  LeaderEvent,
  LeaderStep,
  Parked,
  Waiting,
} from './partition-leader-state.ts';
import { NO_CONNECTION, NO_VERIFICATION_ENTRY } from './partition-leader-state.ts';
import type { PartitionLogEntry } from './partition-log.ts';

/** How a message leaves the leader: to the coordinator, or as the answer on a connection. */
export type LeaderSend =
  | { readonly to: 'coordinator'; readonly message: AddPartitionsToTxnRequest }
  | {
      readonly to: 'connection';
      readonly connection: Connection;
      readonly message: ProduceResponse | WriteTxnMarkersResponse;
    };

type Change = Partial<LeaderContext>;

function parked(event: LeaderEvent, guard: 0 | 1): readonly Parked[] {
  if (event.type !== 'ProduceRequest') return [];
  const { type: _type, view: _view, ...batch } = event;
  return [{ ...batch, guard }];
}

/**
 * VerificationStateEntry: created, or told of a lower sequence or of a newer epoch; an older epoch changes nothing.
 * What it was created for, a client of TV2 or another, it stays.
 */
export function rememberVerification({ context, event }: LeaderStep): Change {
  if (event.type !== 'ProduceRequest') return {};
  const { verificationEpoch, lowestSequence } = context;
  if (event.producerEpoch < verificationEpoch) return {};
  const isNewer = event.producerEpoch > verificationEpoch;
  const creates = verificationEpoch === NO_PRODUCER_EPOCH;
  return {
    verificationEpoch: event.producerEpoch,
    lowestSequence: isNewer ? event.baseSequence : Math.min(lowestSequence, event.baseSequence),
    ...(creates && { supportsEpochBump: addsPartition(event.apiVersion) ? 1 : 0 }),
  };
}

export function ask({ event }: LeaderStep): Change {
  return { asked: parked(event, 1) };
}

export function queue({ event }: LeaderStep): Change {
  return { queued: parked(event, 1) };
}

export function askForQueued({ context }: LeaderStep): Change {
  return { asked: context.queued, queued: [] };
}

/** No guard: a transaction of this epoch is open, or verification is off. */
export function takeUnverified({ event }: LeaderStep): Change {
  return { candidate: parked(event, 0) };
}

export function takeVerified({ context }: LeaderStep): Change {
  return { candidate: context.asked, asked: [] };
}

export function dropAsked(): Change {
  return { asked: [] };
}

export function dropCandidate(): Change {
  return { candidate: [] };
}

/** Every guard that was handed out is stale from here on: it cannot authorise an append after this one (S34). */
export function clearVerification({ context }: LeaderStep): Change {
  const withoutGuard = (batch: Parked): Parked => ({ ...batch, guard: 0 });
  return {
    ...NO_VERIFICATION_ENTRY,
    asked: context.asked.map(withoutGuard),
    queued: context.queued.map(withoutGuard),
  };
}

function produceAnswer(connection: Connection, ahead: number): readonly Waiting[] {
  if (connection === NO_CONNECTION) return [];
  const ofNoMarker = { producerId: -1, producerEpoch: -1, coordinatorEpoch: -1 };
  return [{ connection, ahead, answer: 'ProduceResponse', ...ofNoMarker }];
}

/** acks=-1: the answer waits until the appended batch is replicated. */
export function awaitReplication({ context, event }: LeaderStep): Change {
  const { connection } = context.candidate[0]!;
  const ahead = viewOf(event).unreplicated + 1;
  return { candidate: [], waiting: [...context.waiting, ...produceAnswer(connection, ahead)] };
}

/** A duplicate waits for the batch that it repeats. */
export function awaitOriginal({ context, event }: LeaderStep): Change {
  const batch = context.candidate[0]!;
  const [, ahead] = retainedBatch(batch, viewOf(event))!;
  return {
    candidate: [],
    waiting: [...context.waiting, ...produceAnswer(batch.connection, ahead)],
  };
}

export function awaitMarkerReplication({ context, event }: LeaderStep): Change {
  if (event.type !== 'WriteTxnMarkersRequest' || event.connection === NO_CONNECTION) return {};
  const { connection, producerId, producerEpoch, coordinatorEpoch, view } = event;
  const waiting: Waiting = {
    connection,
    ahead: view.unreplicated + 1,
    answer: 'WriteTxnMarkersResponse',
    producerId,
    producerEpoch,
    coordinatorEpoch,
  };
  return { waiting: [...context.waiting, waiting] };
}

export function countReplicated({ context }: LeaderStep): Change {
  return { waiting: context.waiting.map((waiting) => ({ ...waiting, ahead: waiting.ahead - 1 })) };
}

export function dropAnswered({ context }: LeaderStep): Change {
  const answered = firstDue(context);
  return { waiting: context.waiting.filter((waiting) => waiting !== answered) };
}

/** Nobody will hear the answer; what waits for the coordinator is appended all the same. */
export function forgetConnection({ context, event }: LeaderStep): Change {
  if (event.type !== 'Closed') return {};
  const unheard = (batch: Parked): Parked =>
    batch.connection === event.connection ? { ...batch, connection: NO_CONNECTION } : batch;
  return {
    asked: context.asked.map(unheard),
    queued: context.queued.map(unheard),
    waiting: context.waiting.filter(({ connection }) => connection !== event.connection),
  };
}

function firstDue(context: LeaderContext): Waiting | undefined {
  return context.waiting.find(({ ahead }) => ahead === 0);
}

/** UnifiedLog.append, of the batch being validated. */
export function appendedBatch({ context }: LeaderStep): PartitionLogEntry {
  const { producerId, producerEpoch, baseSequence, record } = context.candidate[0]!;
  return { kind: 'data', producerId, producerEpoch, baseSequence, record };
}

/** UnifiedLog.append, of the control batch of a marker. */
export function appendedMarker({ event }: LeaderStep): PartitionLogEntry {
  if (event.type !== 'WriteTxnMarkersRequest') throw new TypeError('only a marker is appended so');
  const { producerId, producerEpoch, coordinatorEpoch, result } = event;
  return { kind: 'marker', producerId, producerEpoch, coordinatorEpoch, result };
}

export function askCoordinator({ context }: LeaderStep): LeaderSend {
  const asked = context.asked[0]!;
  const verifyOnly = addsPartition(asked.apiVersion) ? 0 : 1;
  return { to: 'coordinator', message: partitionRequest(asked, verifyOnly) };
}

function produced(connection: Connection, errorCode: ErrorCode): LeaderSend {
  return { to: 'connection', connection, message: { type: 'ProduceResponse', errorCode } };
}

function markerAnswer(
  connection: Connection,
  marker: Pick<Waiting, 'producerId' | 'producerEpoch' | 'coordinatorEpoch'>,
  errorCode: ErrorCode,
): LeaderSend {
  const { producerId, producerEpoch, coordinatorEpoch } = marker;
  const message: WriteTxnMarkersResponse = {
    type: 'WriteTxnMarkersResponse',
    producerId,
    producerEpoch,
    coordinatorEpoch,
    errorCode,
    partitions: OWN_PARTITION,
  };
  return { to: 'connection', connection, message };
}

export function answerDue({ context }: LeaderStep): LeaderSend {
  const waiting = firstDue(context)!;
  return waiting.answer === 'ProduceResponse'
    ? produced(waiting.connection, 'NONE')
    : markerAnswer(waiting.connection, waiting, 'NONE');
}

/** Answers the request being handled. */
export function answer(errorCode: ErrorCode): (step: LeaderStep) => LeaderSend {
  return labelled(errorCode, ({ event }: LeaderStep) => {
    if (event.type === 'WriteTxnMarkersRequest') {
      return markerAnswer(event.connection, event, errorCode);
    }
    return produced(event.type === 'ProduceRequest' ? event.connection : NO_CONNECTION, errorCode);
  });
}

/** Answers the batch being validated. */
export function answerCandidate(errorCode: ErrorCode): (step: LeaderStep) => LeaderSend {
  return labelled(errorCode, ({ context }: LeaderStep) =>
    produced(context.candidate[0]!.connection, errorCode),
  );
}

/** Answers the batch that the coordinator refused. */
export function answerRefused({ context, event }: LeaderStep): LeaderSend {
  const { connection, apiVersion } = context.asked[0]!;
  return produced(connection, refusal(apiVersion, event));
}

/**
 * Answers the queued batch that gives way to a newcomer: fenced by a newer epoch, else NETWORK_EXCEPTION, which the
 * client sees as NOT_ENOUGH_REPLICAS (AddPartitionsToTxnManager.addTxnData).
 */
export function answerDisplaced({ context, event }: LeaderStep): LeaderSend {
  const { connection, producerEpoch } = context.queued[0]!;
  const isFenced = event.type === 'ProduceRequest' && event.producerEpoch > producerEpoch;
  return produced(connection, isFenced ? 'INVALID_PRODUCER_EPOCH' : 'NOT_ENOUGH_REPLICAS');
}
