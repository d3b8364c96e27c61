/**
 * How a producer's context changes, and what it sends. Each function is the body of the named assignment of the same
 * name, or the params of the output `send`.
 */

import type { Sequence } from '../protocol/ids.ts';
import { NO_IDENTITY, NO_SEQUENCE } from '../protocol/ids.ts';
import type { TransactionResult } from '../protocol/states.ts';
import { END_TXN_TV2, PRODUCE_TV2 } from '../protocol/transaction-version.ts';
import { labelled } from './labelled.ts';
import type {
  AddPartitionsToTxnRequest,
  EndTxnRequest,
  InitProducerIdRequest,
  ProduceRequest,
} from './messages.ts';
import { NO_PARTITIONS } from './messages.ts';
import { bringsIdentity, sendablePartition } from './producer-rules.ts';
import type { BatchPhase, Outcome, ProducerContext, ProducerStep } from './producer-state.ts';
import { eachPartition, noTransaction } from './producer-state.ts';
import { recordName } from './records.ts';

/** How a message leaves a producer: on the coordinator's connection, or on the one to a partition's leader. */
export type ProducerSend =
  | {
      readonly to: 'coordinator';
      readonly message: InitProducerIdRequest | AddPartitionsToTxnRequest | EndTxnRequest;
    }
  | { readonly to: 'leader'; readonly partition: number; readonly message: ProduceRequest };

type Change = Partial<ProducerContext>;

const INIT_PRODUCER_ID_WITH_IDENTITY = 5;
const INIT_PRODUCER_ID_WITHOUT_IDENTITY = 1;
const ADD_PARTITIONS_CLIENT = 3;

function replaced<Value>(values: readonly Value[], index: number, value: Value): readonly Value[] {
  return values.map((old, position) => (position === index ? value : old));
}

function without(context: ProducerContext, partition: number): Change {
  return {
    batches: replaced(context.batches, partition, 'None'),
    assigned: replaced(context.assigned, partition, NO_SEQUENCE),
  };
}

export function begin({ context }: ProducerStep): Change {
  const written = eachPartition(context, 0);
  return {
    ...noTransaction(context),
    told: [...context.told, { outcome: 'Open' as const, written }],
  };
}

/** KafkaProducer.doSend: TV2 counts the transaction as started; before, the partition must be added first. */
export function addBatch({ context, event }: ProducerStep): Change {
  if (event.type !== 'Send') return {};
  const { partition } = event;
  const isTv2 = context.transactionVersion === 2;
  const bit = 1 << partition;
  return {
    batches: replaced(context.batches, partition, 'Ready'),
    records: replaced(context.records, partition, context.records[partition]! + 1),
    newPartitions: isTv2
      ? NO_PARTITIONS
      : context.newPartitions | (bit & ~context.addedPartitions & ~context.pendingPartitions),
    transactionStarted: isTv2 ? 1 : context.transactionStarted,
  };
}

function after(context: ProducerContext, sequence: Sequence): Sequence {
  return (sequence + 1) % context.sequenceModulus;
}

/** The sequence of a batch is assigned when it is first drained, and Java counts it from then on (Sender, TxnPartitionMap). */
function sequenceToSend(context: ProducerContext, partition: number): Sequence {
  const assigned = context.assigned[partition]!;
  return assigned === NO_SEQUENCE ? context.nextSequence[partition]! : assigned;
}

export function markSent({ context }: ProducerStep): Change {
  const partition = sendablePartition(context);
  const sequence = sequenceToSend(context, partition);
  const isFirst = context.assigned[partition] === NO_SEQUENCE && context.bumpsEpoch === 1;
  const next = isFirst ? after(context, sequence) : context.nextSequence[partition]!;
  return {
    batches: replaced(context.batches, partition, 'Sent'),
    assigned: replaced(context.assigned, partition, sequence),
    nextSequence: replaced(context.nextSequence, partition, next),
  };
}

/** A client that does not count a sequence when it sends, counts it when it is acknowledged. */
export function acknowledge({ context, event }: ProducerStep): Change {
  if (event.type !== 'ProduceResponse') return {};
  const { partition } = event;
  const next = after(context, context.assigned[partition]!);
  const nextSequence =
    context.bumpsEpoch === 1
      ? context.nextSequence
      : replaced(context.nextSequence, partition, next);
  return { ...without(context, partition), nextSequence };
}

/** Sent again with its sequence. */
export function readyAgain({ context, event }: ProducerStep): Change {
  if (!('partition' in event)) return {};
  return { batches: replaced(context.batches, event.partition, 'Ready') };
}

/** The leader refused the batch: its sequence is free again (TransactionManager.handleFailedBatch). */
export function failBatch({ context, event }: ProducerStep): Change {
  if (!('partition' in event)) return {};
  const { partition } = event;
  const sequence = context.assigned[partition]!;
  return {
    ...without(context, partition),
    nextSequence: replaced(context.nextSequence, partition, sequence),
  };
}

/** Whether the batch was written is unknown: its sequence stays used, and is unresolved (TransactionManager.maybeResolveSequences). */
export function giveUpBatch({ context, event }: ProducerStep): Change {
  return 'partition' in event ? without(context, event.partition) : {};
}

/** needToTriggerEpochBumpFromClient: the coordinator can bump, and TV2 does not do so by itself. */
export function requireEpochBump({ context }: ProducerStep): Change {
  const needed = context.bumpsEpoch === 1 && context.transactionVersion !== 2;
  return { epochBumpRequired: needed ? 1 : context.epochBumpRequired };
}

/** The sequence of a batch that was sent is unresolved once it is given up, which needs a newer epoch (Sender.sendProducerData). */
export function leaveUnresolved(step: ProducerStep): Change {
  const { context, event } = step;
  const wasSent = 'partition' in event && context.assigned[event.partition] !== NO_SEQUENCE;
  return wasSent ? requireEpochBump(step) : {};
}

/** Batches that were never sent fail at once, and no partition is added any more (RecordAccumulator.abortUndrainedBatches). */
export function dropUnsent({ context }: ProducerStep): Change {
  const unsent = (phase: BatchPhase, partition: number) =>
    phase === 'Ready' && context.assigned[partition] === NO_SEQUENCE;
  return {
    newPartitions: NO_PARTITIONS,
    batches: context.batches.map((phase, partition) => (unsent(phase, partition) ? 'None' : phase)),
  };
}

export function takeNewPartitions({ context }: ProducerStep): Change {
  return {
    outstanding: 'AddPartitionsToTxn',
    newPartitions: NO_PARTITIONS,
    pendingPartitions: context.newPartitions,
  };
}

export function partitionsAdded({ context }: ProducerStep): Change {
  return {
    outstanding: 'None',
    pendingPartitions: NO_PARTITIONS,
    addedPartitions: context.addedPartitions | context.pendingPartitions,
    transactionStarted: 1,
  };
}

/** The request is sent again, on the same connection or on a new one. */
export function sendAgain({ context }: ProducerStep): Change {
  return {
    outstanding: 'None',
    newPartitions: context.newPartitions | context.pendingPartitions,
    pendingPartitions: NO_PARTITIONS,
  };
}

/** In an error state a request that would have to be sent again fails (TransactionManager.maybeTerminateRequestWithError). */
export function dropRequest(): Change {
  return { outstanding: 'None', pendingPartitions: NO_PARTITIONS };
}

/** InitProducerId always starts the sequences again; EndTxn does when it brings an identity. */
export function adoptIdentity({ context, event }: ProducerStep): Change {
  if (!('producerId' in event) || !bringsIdentity(event)) return {};
  const { producerId, producerEpoch } = event;
  return { producerId, producerEpoch, nextSequence: eachPartition(context, 0) };
}

function withOutcome(context: ProducerContext, outcome: Outcome): ProducerContext['told'] {
  const last = context.told.length - 1;
  const written = outcome === 'Committed' ? context.records : eachPartition(context, 0);
  return replaced(context.told, last, { outcome, written });
}

export function tell({ context }: ProducerStep, params: { readonly outcome: Outcome }): Change {
  return { told: withOutcome(context, params.outcome) };
}

export function completeTransaction({ context }: ProducerStep): Change {
  return noTransaction(context);
}

/** The instance does nothing more; only what its application was told is remembered. */
export function fail({ context }: ProducerStep): Change {
  const outcome = context.told.at(-1)?.outcome;
  const isOpen = outcome === 'Open' || outcome === 'CommitAsked';
  const commitWasSent = outcome === 'CommitAsked' && context.outstanding === 'EndTxn';
  return {
    ...noTransaction(context),
    ...NO_IDENTITY,
    nextSequence: eachPartition(context, 0),
    told: isOpen ? withOutcome(context, commitWasSent ? 'Unknown' : 'Failed') : context.told,
  };
}

export function initProducerId({ context }: ProducerStep): ProducerSend {
  const { producerId, producerEpoch } = context;
  const apiVersion =
    context.bumpsEpoch === 1 ? INIT_PRODUCER_ID_WITH_IDENTITY : INIT_PRODUCER_ID_WITHOUT_IDENTITY;
  return {
    to: 'coordinator',
    message: { type: 'InitProducerIdRequest', apiVersion, producerId, producerEpoch },
  };
}

/** Of the partitions taken before. */
export function addPartitions({ context }: ProducerStep): ProducerSend {
  const { producerId, producerEpoch, pendingPartitions } = context;
  return {
    to: 'coordinator',
    message: {
      type: 'AddPartitionsToTxnRequest',
      apiVersion: ADD_PARTITIONS_CLIENT,
      verifyOnly: 0,
      producerId,
      producerEpoch,
      partitions: pendingPartitions,
    },
  };
}

export function endTransaction(result: TransactionResult): (step: ProducerStep) => ProducerSend {
  return labelled(`EndTxn ${result}`, ({ context }: ProducerStep) => {
    const { producerId, producerEpoch, transactionVersion } = context;
    const apiVersion = transactionVersion === 2 ? END_TXN_TV2 : END_TXN_TV2 - 1;
    return {
      to: 'coordinator',
      message: { type: 'EndTxnRequest', apiVersion, producerId, producerEpoch, result },
    };
  });
}

/** The next batch of the sender loop; to be sent before it is marked. */
export function produce({ context }: ProducerStep): ProducerSend {
  const partition = sendablePartition(context);
  const { producerId, producerEpoch, transactionVersion } = context;
  const message: ProduceRequest = {
    type: 'ProduceRequest',
    apiVersion: transactionVersion === 2 ? PRODUCE_TV2 : PRODUCE_TV2 - 1,
    producerId,
    producerEpoch,
    baseSequence: sequenceToSend(context, partition),
    record: recordName(context.told.length - 1, context.records[partition]! - 1),
  };
  return { to: 'leader', partition, message };
}
