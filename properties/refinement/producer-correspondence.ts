/**
 * Which model events the answers to a producer are, and what the model's requests look like on the wire. Offsets are not
 * part of the model: their two requests are walked as an AddPartitionsToTxn of no partition, which fails, is repeated and
 * succeeds as theirs do.
 */

import type { TransactionalMessage } from '../../impl/producer/transaction-requests.ts';
import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';
import type { ProducerIdentity, TopicPartition } from '../../protocol/ids.ts';
import type { Response, ResponseOf } from '../../protocol/messages/rpc.ts';
import type { AddPartitionsToTxnResponse } from '../../model/messages.ts';
import type { ProducerEvent } from '../../model/producer-state.ts';
import type { CoordinatorMessage } from './producer-twin.ts';

export type OffsetsMessage = Extract<
  TransactionalMessage,
  { readonly api: 'AddOffsetsToTxn' | 'TxnOffsetCommit' }
>;
/** What model and implementation both send to the transaction coordinator. */
export type ModelledMessage = Exclude<
  TransactionalMessage,
  OffsetsMessage | { readonly api: 'FindCoordinator' }
>;

export function isOffsetsMessage(message: TransactionalMessage): message is OffsetsMessage {
  return message.api === 'AddOffsetsToTxn' || message.api === 'TxnOffsetCommit';
}

/** Whether it adds partitions or offsets to the transaction. */
export function addsSomething(message: TransactionalMessage): boolean {
  return message.api === 'AddPartitionsToTxn' || isOffsetsMessage(message);
}

/** The identity that a request presents. */
export function identityIn(message: ModelledMessage | OffsetsMessage): ProducerIdentity {
  const { producerId, producerEpoch } =
    message.api === 'AddPartitionsToTxn' ? message.body.transactions[0]! : message.body;
  return { producerId, producerEpoch };
}

export function partitionsIn(message: ModelledMessage): readonly TopicPartition[] {
  return message.api === 'AddPartitionsToTxn' ? message.body.transactions[0]!.partitions : [];
}

/** The model's name for an API. */
const MODEL_TYPES = {
  InitProducerId: 'InitProducerIdRequest',
  AddPartitionsToTxn: 'AddPartitionsToTxnRequest',
  EndTxn: 'EndTxnRequest',
} as const;

export function isSameApi(message: ModelledMessage, { type }: CoordinatorMessage): boolean {
  return MODEL_TYPES[message.api] === type;
}

/** An answer that adds nothing, or does not: all that the model knows of one partition's errors goes for all. */
function addEvent(errorCode: ErrorCode): AddPartitionsToTxnResponse {
  return { type: 'AddPartitionsToTxnResponse', verifyOnly: 0, errorCode, abortable: 0 };
}

/** Null: disconnected. `named` gives an identity the machine's name. */
export function answerEvent(
  message: ModelledMessage | OffsetsMessage,
  response: Response | null,
  named: (identity: ProducerIdentity) => ProducerIdentity,
): ProducerEvent {
  if (response === null) return { type: 'Disconnected' };
  if (isOffsetsMessage(message)) return addEvent(errorOfOffsets(message, response));
  if (message.api === 'AddPartitionsToTxn') {
    return addEvent(errorOfAdd(response as ResponseOf<'AddPartitionsToTxn'>));
  }
  const type = message.api === 'EndTxn' ? 'EndTxnResponse' : 'InitProducerIdResponse';
  const { errorCode, ...identity } = response as ResponseOf<'EndTxn' | 'InitProducerId'>;
  return { type, errorCode, ...named(identity) };
}

/** That a partition was not attempted says only that another had an error. */
function errorOfAdd({ errorCode, results }: ResponseOf<'AddPartitionsToTxn'>): ErrorCode {
  if (errorCode !== 'NONE') return errorCode;
  const errors = results
    .flatMap(({ partitions }) => partitions)
    .map((partition) => partition.errorCode)
    .filter((code) => code !== 'NONE');
  return errors.find((code) => code !== 'OPERATION_NOT_ATTEMPTED') ?? errors[0] ?? 'NONE';
}

/** What an answer about offsets amounts to: what ends the request before what has it repeated. */
function errorOfOffsets(message: OffsetsMessage, response: Response): ErrorCode {
  if (message.api === 'AddOffsetsToTxn') {
    return (response as ResponseOf<'AddOffsetsToTxn'>).errorCode;
  }
  const { partitions } = response as ResponseOf<'TxnOffsetCommit'>;
  const errors = partitions.map(({ errorCode }) => errorCode).filter((code) => code !== 'NONE');
  const final = errors.find((code) => !ERROR_CODES[code].retriable);
  return final ?? errors[0] ?? 'NONE';
}

export interface ComparedRequests {
  readonly partitions: readonly TopicPartition[];
  /** False: a client that knows transaction version 2 and not KIP-360, which the model does not have. */
  readonly comparesInitVersion: boolean;
}

/** How a request that is sent differs from the one that the model sends; null: not at all. */
export function requestDifference(
  message: ModelledMessage,
  expected: CoordinatorMessage,
  identity: ProducerIdentity,
  { partitions, comparesInitVersion }: ComparedRequests,
): string | null {
  if (!isSameApi(message, expected)) return 'another request is sent';
  const comparesVersion = comparesInitVersion || message.api !== 'InitProducerId';
  if (comparesVersion && message.apiVersion !== expected.apiVersion) {
    return 'the version of the request differs';
  }
  const found = identityIn(message);
  if (found.producerId !== identity.producerId || found.producerEpoch !== identity.producerEpoch) {
    return 'the identity presented differs';
  }
  if (expected.type === 'AddPartitionsToTxnRequest') {
    const added = partitions.filter((_, index) => (expected.partitions & (1 << index)) !== 0);
    const asked = partitionsIn(message);
    const isSame = asked.length === added.length && asked.every((name) => added.includes(name));
    return isSame ? null : 'the partitions to add differ';
  }
  if (expected.type === 'EndTxnRequest' && message.api === 'EndTxn') {
    const isSame = message.body.committed === (expected.result === 'COMMIT');
    return isSame ? null : 'the transaction is ended otherwise';
  }
  return null;
}
