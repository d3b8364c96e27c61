import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { answerTableSchema, scenariosOf, type AnswerRow } from './answer-table.ts';
import { replayTable } from './replay.ts';
import { parseSetupLine } from './setup-line.ts';

const TABLE = answerTableSchema.parse(
  JSON.parse(readFileSync(new URL('./apache-kafka-answers.json', import.meta.url), 'utf8')),
);
const RESULTS = replayTable(TABLE);

/** Rows that pass as they are; each is bent in one place below. */
function rowWithId(id: string): AnswerRow {
  return structuredClone(TABLE.find((row) => row.id === id && row.on.includes('kafka-4.3.1 tv2'))!);
}

describe("Apache Kafka's measured answers", () => {
  test('are what the reference answers, with the same state and log afterwards', () => {
    expect(RESULTS.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(RESULTS).toHaveLength(TABLE.length);
  });

  test('are not applicable for these reasons only', () => {
    const counts = new Map<string, number>();
    for (const { outcome, reasons } of RESULTS) {
      if (outcome !== 'not-applicable') continue;
      const why = reasons[0]!.replace(/ \([^()]*\)$/, '');
      counts.set(why, (counts.get(why) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toMatchInlineSnapshot(`
      {
        "a partition of a Produce has one batch by its type in the reference": 8,
        "its scenario begins with epoch-exhaustion/tv2-commit-at-32765, which the table lacks": 6,
        "kafka-4.3.1, which the reference is written after, answered otherwise": 5,
        "the answer is about bytes on the connection, which the reference has none of": 1,
        "the reference does not know DescribeProducers": 5,
        "the reference does not know ListTransactions": 3,
        "the reference has coordinators of groups and of transactions only": 13,
        "the reference has no bytes, hence no checksum": 4,
        "the reference has no bytes, hence nothing like "<1100074 bytes>"": 4,
        "the reference is asked for one key at a time": 2,
        "the reference lists the earliest and the latest offset only": 8,
        "the reference's Fetch does not carry a leader epoch": 2,
      }
    `);
  });
});

describe('the replay notices', () => {
  test('another error code', () => {
    const row = rowWithId('end-txn/empty-commit/v0');
    row.response.fields = { ErrorCode: 51 };
    expect(replayTable([row])).toMatchObject([
      { outcome: 'failed', reasons: [expect.stringContaining('ErrorCode: expected 51, found 48')] },
    ]);
  });

  test('another state afterwards', () => {
    const row = rowWithId('add-partitions/fresh/v3/first');
    row.after = { state: 'Empty', producerId: 1001, producerEpoch: 0, partitions: [] };
    expect(replayTable([row])[0]?.reasons.join()).toContain(
      'state after.state: expected "Empty", found "Ongoing"',
    );
  });

  test('another log', () => {
    const row = rowWithId('idempotent/duplicate-last/v9');
    row.log = row.log!.slice(1);
    expect(replayTable([row])[0]?.reasons.join()).toContain(': expected 1 pid=');
  });

  test('a setup that went otherwise', () => {
    const row = rowWithId('end-txn/ongoing-stale-epoch-commit/v4');
    row.setup[0] = row.setup[0]!.replace('-> 0 (1001,0)', '-> 0 (1001,7)');
    expect(replayTable([row])[0]).toMatchObject({ outcome: 'failed' });
    expect(replayTable([row])[0]?.reasons.join()).toContain('expected (1001,7), found');
  });
});

test('rows that follow each other are one scenario, whatever their order in the table', () => {
  const rows = ['b', 'c', 'a'].map((id) => ({
    ...rowWithId('init/empty-tid/v3'),
    id,
    on: ['kafka-4.3.1 tv2'],
    ...(id === 'a' ? {} : { follows: id === 'b' ? 'a' : 'b' }),
  }));
  const scenarios = scenariosOf(rows, 'kafka-4.3.1');
  expect(scenarios.map((scenario) => scenario.rows.map(({ id }) => id))).toEqual([['a', 'b', 'c']]);
});

describe('a setup line', () => {
  test.each([
    ['EndTxn v5 (1001,0) COMMIT -> 0 (1001,1)', 'EndTxn', 5, [1001, 0], 'NONE', [1001, 1]],
    ['InitProducerId v5 -> 51', 'InitProducerId', 5, null, 'CONCURRENT_TRANSACTIONS', null],
    [
      'Produce v9 partition 0 pid=7 epoch=1 seq=2 n=3 txn -> 0 offset 0',
      'Produce',
      9,
      [7, 1],
      'NONE',
      null,
    ],
  ])('%s', (text, api, version, identity, errorCode, answered) => {
    const named = (pair: readonly (number | undefined)[] | null) =>
      pair === null ? null : { producerId: pair[0], producerEpoch: pair[1] };
    expect(parseSetupLine(text)).toMatchObject({
      api,
      version,
      identity: named(identity),
      errorCode,
      answeredIdentity: named(answered),
    });
  });

  test('that is no request', () => {
    expect(parseSetupLine('(4 s later; the transaction timeout is 1 s)').kind).toBe('circumstance');
  });
});
