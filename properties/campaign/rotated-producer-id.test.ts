/**
 * Kafka compares the epochs of different producer ids where questions about a transaction wait in a broker: ADR 10. The
 * reference does so too; what it costs is kept here.
 */

import { expect, test } from 'vitest';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import { violationOf } from './violation-of.ts';

const SCENARIO: Scenario = {
  kind: 'scenario',
  schemaVersion: 1,
  transactionVersion: 2,
  partitionVerification: true,
  topology: {
    topics: { a: 1 },
    producers: [{ name: 'A', transactional: true, bumpsEpochAfterAbort: true }],
    transactionStatePartitions: 1,
    transactionStateReplicationFactor: 3,
    usedProducerEpoch: 32_764,
    requestTimeoutMs: 5_000,
    deliveryTimeoutMs: 40_000,
    maxBlockMs: 60_000,
    transactionTimeoutMs: 60_000,
  },
  steps: [
    { do: 'start', producer: 'A' },
    { do: 'lose-response', api: 'AddPartitionsToTxn', from: 'leader' },
    { do: 'begin', instance: 'A#1' },
    { do: 'lose-request', api: 'AddPartitionsToTxn', from: 'leader' },
    { do: 'send', instance: 'A#1', partition: 'a-0' },
    { do: 'abort', instance: 'A#1' },
    { do: 'begin', instance: 'A#1' },
    { do: 'start', producer: 'A' },
    { do: 'begin', instance: 'A#2' },
    { do: 'send', instance: 'A#2', partition: 'a-0' },
  ],
  choices: [],
};

test('a new producer id is fenced by a question of the old one that still waits (AddPartitionsToTxnManager)', () => {
  expect(violationOf('NoSpuriousFencing', SCENARIO)?.message).toBe(
    'A#2 was told INVALID_PRODUCER_EPOCH by its send, and nothing had taken its place',
  );
});

test('it is the last epoch that does it: the same of fresh ids violates nothing', () => {
  const { usedProducerEpoch: _, ...topology } = SCENARIO.topology;
  expect(violationOf('NoSpuriousFencing', { ...SCENARIO, topology })).toBeNull();
});
