/** A setup line as the request it was. */

import type { ProducerIdentity, TransactionalId } from '../../protocol/ids.ts';
import { TRANSACTION_TIMEOUT_MS } from '../../protocol/limits.ts';
import type { Request } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { NotApplicableError } from './request-fields.ts';
import type { ScenarioNames } from './scenario-names.ts';
import { numberAfter, type SetupRequest } from './setup-line.ts';

export interface SetupContext {
  readonly names: ScenarioNames;
  /** Of the reference, not of the table. */
  readonly identity: ProducerIdentity;
  /** What the table calls its owner. */
  readonly transactionalId: TransactionalId;
  /** '' until a member joined. */
  readonly memberId: string;
}

type Builder = (line: SetupRequest, context: SetupContext) => Request['body'];

const BUILDERS: Readonly<Record<string, Builder>> = {
  InitProducerId: ({ words }, { identity, transactionalId }) => ({
    transactionalId: words.includes('no transactional id') ? null : transactionalId,
    transactionTimeoutMs: words.includes('timeout')
      ? numberAfter(words, 'timeout')
      : TRANSACTION_TIMEOUT_MS,
    ...identity,
    enable2Pc: false,
    keepPreparedTxn: false,
  }),
  AddPartitionsToTxn: ({ words }, { names, identity, transactionalId }) => ({
    transactions: [
      {
        transactionalId,
        ...identity,
        verifyOnly: false,
        partitions: partitionsIn(words).map((index) => `${names.topic}-${index}`),
      },
    ],
  }),
  Produce: produceBody,
  EndTxn: ({ words }, { identity, transactionalId }) => ({
    transactionalId,
    ...identity,
    committed: words.includes('COMMIT'),
  }),
  AddOffsetsToTxn: (_line, { names, identity, transactionalId }) => ({
    transactionalId,
    ...identity,
    groupId: names.group,
  }),
  TxnOffsetCommit: ({ words }, { names, identity, transactionalId }) => ({
    transactionalId,
    ...identity,
    groupId: names.group,
    generationIdOrMemberEpoch: numberAfter(words, 'generation'),
    memberId: '',
    groupInstanceId: null,
    offsets: [offsetOf(names, numberAfter(words, 'offset'))],
  }),
  OffsetCommit: ({ words }, { names }) => ({
    groupId: names.group,
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    offsets: [offsetOf(names, numberAfter(words, 'offset'))],
  }),
  WriteTxnMarkers: ({ words }, { names, identity }) => ({
    markers: [
      {
        ...identity,
        result: words.includes('COMMIT') ? ('COMMIT' as const) : ('ABORT' as const),
        coordinatorEpoch: numberAfter(words, 'coordinatorEpoch'),
        transactionVersion: (words.includes('transactionVersion')
          ? numberAfter(words, 'transactionVersion')
          : 0) as TransactionVersion,
        partitions: [`${names.topic}-0`],
      },
    ],
  }),
  JoinGroup: (_line, { names, memberId }) => ({
    groupId: names.group,
    sessionTimeoutMs: 30_000,
    rebalanceTimeoutMs: 30_000,
    memberId,
    groupInstanceId: names.groupInstanceId,
    protocolType: 'consumer',
    protocols: [{ name: 'range', metadata: '' }],
  }),
  SyncGroup: (_line, { names, memberId }) => ({
    groupId: names.group,
    generationId: 1,
    memberId,
    groupInstanceId: names.groupInstanceId,
    assignments: [{ memberId, assignment: '' }],
  }),
};

export function setupRequest(line: SetupRequest, context: SetupContext): Request {
  const build = BUILDERS[line.api];
  if (build === undefined) {
    throw new NotApplicableError(
      `its setup asks for ${line.api}, which the reference does not know`,
    );
  }
  const body = build(line, context);
  return { api: line.api, apiVersion: line.version, body } as unknown as Request;
}

function produceBody(
  { words }: SetupRequest,
  { names, identity, transactionalId }: SetupContext,
): Request['body'] {
  const transactional = words.endsWith(' txn');
  return {
    transactionalId: transactional ? transactionalId : null,
    acks: -1,
    timeoutMs: 5_000,
    partitions: [
      {
        partition: `${names.topic}-${numberAfter(words, 'partition')}`,
        batch: {
          ...identity,
          baseSequence: numberAfter(words, 'seq'),
          transactional,
          control: false,
          records: Array.from({ length: numberAfter(words, 'n') }, () => ({
            key: null,
            value: 'x',
          })),
        },
      },
    ],
  };
}

/** `partitions 0,1`. */
function partitionsIn(words: string): number[] {
  const [, list = ''] = /partitions ([\d,]+)/.exec(words) ?? [];
  return list.split(',').map(Number);
}

function offsetOf(names: ScenarioNames, committedOffset: number) {
  return {
    partition: `${names.topic}-0`,
    committedOffset,
    committedLeaderEpoch: -1,
    committedMetadata: '',
  };
}
