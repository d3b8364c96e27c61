/** `check` as a user runs it. */

import { describe, expect, test } from 'vitest';
import { checkResultSchema, type CheckResult } from '../../reports/evidence/check-result.ts';
import { runCommand, type Ran } from '../run-command.fixture.ts';

/** Without CPU seconds, which end their lines. */
async function check(...words: readonly string[]): Promise<Ran> {
  const ran = await runCommand(['check', ...words]);
  return { ...ran, out: ran.out.replaceAll(/ +\d+\.\d$/gm, '    TIME') };
}

async function json(...arguments_: readonly string[]): Promise<CheckResult> {
  const { out } = await check(...arguments_, '--json');
  return checkResultSchema.parse(JSON.parse(out));
}

const OLD = ['--transaction-version', '1', '--partition-verification', 'off'];

describe('check', () => {
  test('says what holds, within which bounds, and how many states that took', async () => {
    const { code, out, err } = await check('hang', 'smoke');
    expect(code).toBe(0);
    expect(err).toMatch(/searching scope smoke\n.*searching scope hang\n/);
    expect(out).toMatchInlineSnapshot(`
      "HOLDS in the specification, transaction version 2, partition verification on

      scope     verdict         states     steps  depth  CPU s
      smoke     holds               75       123     23    TIME
        1 instance, 1 partition, 1 transaction each; a reader of each partition; the transaction log lags;
        partitions lag; no fault
      hang      holds              430       815     18    TIME
        1 instance, 1 partition, 1 transaction each; at most 1 delay

      13 of 13 invariants hold in every state
      "
    `);
  });

  test('shows what Kafka permits with a shortest trace, and does not call it a violation (KIP-890)', async () => {
    const { code, out } = await check('hang', ...OLD);
    expect(code).toBe(0);
    expect(out).toMatchInlineSnapshot(`
      "HOLDS in the specification, transaction version 1, partition verification off

      scope     verdict         states     steps  depth  CPU s
      hang      holds              421       760     17    TIME
        1 instance, 1 partition, 1 transaction each; at most 1 delay

      12 of 13 invariants hold in every state, 1 broken by what Kafka permits there

      NoHangingTransaction broken, as Kafka permits in scope hang
        If a partition has an open transaction, the coordinator durably knows it, of that epoch or a newer
        one, with that partition. (S32; KIP-890)
          application 0 calls InitTransactions
          the coordinator takes InitProducerId v5 (-1, -1) from producer 0
          __transaction_state: Empty (0, 0) {}
          producer 0 takes the answer NONE to InitProducerId from the coordinator
          application 0 calls BeginTransaction
          application 0 calls Send to partition 0
          the coordinator takes AddPartitionsToTxn v3 (0, 0) from producer 0
          __transaction_state: Ongoing (0, 0) {0}
          producer 0 takes the answer NONE to AddPartitionsToTxn from the coordinator
          application 0 calls AbortTransaction
          Produce v11 (0, 0), sequence 0: record of transaction 0 of producer 0 from producer 0 is late;
            the batch expires
          the coordinator takes EndTxn v4 (0, 0) ABORT from producer 0
          __transaction_state: PrepareAbort (0, 0) {0}
          the leader of partition 0 takes WriteTxnMarkers (0, 0) ABORT from the coordinator
          partition 0: ABORT marker (0, 0)
          the coordinator takes the answer NONE to WriteTxnMarkers from the leader of partition 0
          __transaction_state: CompleteAbort (0, 0) {}
          the leader of partition 0 takes, late, Produce v11 (0, 0), sequence 0: record of transaction 0
            of producer 0 from producer 0
          partition 0: (0, 0), sequence 0: record of transaction 0 of producer 0
      "
    `);
  });

  test('says that what it has not seen is undecided', async () => {
    const { code, out } = await check('hang', '--max-states', '100');
    expect(code).toBe(2);
    expect(out).toMatchInlineSnapshot(`
      "INCONCLUSIVE in the specification, transaction version 2, partition verification on
        - hang: there are more than 100 states

      scope     verdict         states     steps  depth  CPU s
      hang      inconclusive       101       136      9    TIME
        1 instance, 1 partition, 1 transaction each; at most 1 delay

      0 of 13 invariants hold in every state, 13 undecided
      "
    `);
  });

  test('searches every scope, and each holds under version 2', async () => {
    const result = await json();
    expect(result.verdict).toBe('holds');
    expect(result.scopes.map(({ name }) => name)).toContain('failover');
    expect(result.distinct).toBe(result.scopes.reduce((sum, { distinct }) => sum + distinct, 0));
    expect(new Set(result.properties.map(({ status }) => status))).toEqual(
      new Set(['holds', 'reached']),
    );
  });

  test('prints the worst that a property was in any scope', async () => {
    const { properties, scopes } = await json('hang', 'late', ...OLD);
    const statusOf = (all: readonly { readonly name: string; readonly status: string }[]) =>
      all.find(({ name }) => name === 'OwnDecision')!.status;
    expect(scopes.map((scope) => statusOf(scope.properties))).toEqual(['holds', 'expected']);
    expect(statusOf(properties)).toBe('expected');
  });

  test.each([
    [['hagn'], 'Unknown scope "hagn"', 'Did you mean hang?'],
    [['--max-states', '0'], '--max-states: expected a whole number from 1', 'found "0"'],
    [['--transaction-version', '3'], '--transaction-version: expected 0, 1, 2', 'found "3"'],
    [['--partition-verification', 'maybe'], 'expected on or off', 'found "maybe"'],
  ])('refuses %j', async (arguments_, expected, found) => {
    const { code, err } = await check(...arguments_);
    expect(code).toBe(4);
    expect(err).toContain(expected);
    expect(err).toContain(found);
  });
});
