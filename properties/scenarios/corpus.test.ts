import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { componentsWith } from '../../impl/simulation/overrides.ts';
import { readScenario } from '../../reports/evidence/read.ts';
import type { Scenario } from '../../reports/evidence/scenario.ts';
import type { ClaimName } from '../claim-names.ts';
import { CLAIMS } from '../claims/all-claims.ts';
import { JudgedHistory } from '../claims/judged-history.ts';
import { exactlyOncePipeline } from '../claims/exactly-once-pipeline.ts';
import { RecordedHistory } from '../history/recorded-history.ts';
import { HistoryIndex } from '../history/history-index.ts';
import { firstMalformation } from '../history/linter.ts';
import type { GroupHistory } from '../history/operations.ts';
import { permittedAnomaly } from '../permitted-anomalies.ts';
import { runScenario } from './run-scenario.ts';

const CORPUS = new URL('./corpus/', import.meta.url);
const FILES = readdirSync(CORPUS).toSorted();

function scenarioIn(file: string): Scenario {
  return readScenario(readFileSync(new URL(file, CORPUS), 'utf8'), file).value;
}

/** Stories of what Kafka does right: every claim holds, and the pipeline's had something to hold against. */
const HAPPY_ENDS = ['kip-447-older-generation.json', 'pipeline-takeover.json'];

/** What each violated claim is excused by, under this transaction version and verification; empty: all hold. */
function verdicts(
  file: string,
  transactionVersion: Scenario['transactionVersion'],
  partitionVerification: boolean,
): Record<string, string> {
  const scenario = { ...scenarioIn(file), transactionVersion, partitionVerification };
  const { history, trace, taken } = runScenario(scenario, {
    components: componentsWith({}),
    trace: true,
    coordinatorObserver: null,
  });
  expect(firstMalformation(history)).toBeNull();
  expect(taken).not.toContain(false);
  const index = new RecordedHistory(history);
  const judged = JudgedHistory.of(history, CLAIMS);
  return Object.fromEntries(
    CLAIMS.flatMap((claim) => {
      const { name } = claim;
      const found = judged.violationOf(claim);
      if (found === null) return [];
      const anomaly = permittedAnomaly(scenario, index, trace, name, found);
      return [[name, anomaly?.name ?? `violated: ${found.message}`]];
    }),
  );
}

const HOLDS = {};

/** Each of these is violated, and excused by the anomaly. */
function excused(anomaly: string, ...claims: readonly ClaimName[]): Record<string, string> {
  return Object.fromEntries(claims.map((claim) => [claim, anomaly]));
}

const LATE_ABORT = excused(
  'LateEndTxn',
  'AtomicVisibility',
  'NoLoss',
  'OneDecision',
  'HonestErrors',
  'LastStableOffset',
);
const LATE_COMMIT = excused(
  'LateEndTxn',
  'AtomicVisibility',
  'NoAbortedRead',
  'OneDecision',
  'HonestErrors',
);
const LATE_PRODUCE_NEXT = excused(
  'LateProduceNext',
  'AtomicVisibility',
  'NoAbortedRead',
  'NoLoss',
  'OneDecision',
  'HonestErrors',
  'ProducerOrder',
);
const LATE_MARKER = excused(
  'LateMarker',
  'AtomicVisibility',
  'NoAbortedRead',
  'OneDecision',
  'HonestErrors',
);

const LATE_OFFSETS_NEXT = excused('LateTxnOffsetCommit', 'OffsetAtomicity', 'ExactlyOncePipeline');

/** File; with verification on; with verification off. */
const UNDER_OLD_VERSIONS: readonly [string, Record<string, string>, Record<string, string>][] = [
  [
    'kafka-15449-late-txn-offset-commit.json',
    HOLDS,
    excused('LateTxnOffsetCommit', 'OffsetAtomicity'),
  ],
  ['kafka-17754-late-end-txn-abort.json', LATE_ABORT, LATE_ABORT],
  ['kafka-17754-late-end-txn-commit.json', LATE_COMMIT, LATE_COMMIT],
  ['kip-447-older-generation.json', HOLDS, HOLDS],
  [
    'kip-890-late-produce-after.json',
    HOLDS,
    excused('LateProduceAfter', 'NoHangingTransaction', 'ReadersProgress'),
  ],
  ['kip-890-late-produce-next.json', LATE_PRODUCE_NEXT, LATE_PRODUCE_NEXT],
  ['kip-890-late-txn-offset-commit-next.json', LATE_OFFSETS_NEXT, LATE_OFFSETS_NEXT],
  ['late-marker-tv1.json', LATE_MARKER, LATE_MARKER],
  ['pipeline-takeover.json', HOLDS, HOLDS],
];

describe('the historical scenarios on the reference', () => {
  test('are all in the table below', () => {
    expect(UNDER_OLD_VERSIONS.map(([file]) => file)).toEqual(FILES);
  });

  test.each(FILES)(
    '%s bears its name, its story and a transaction version that shows it',
    (file) => {
      const scenario = scenarioIn(file);
      expect(`${scenario.name}.json`).toBe(file);
      expect(scenario.description).toMatch(/\.$/);
      const shown = verdicts(file, scenario.transactionVersion, scenario.partitionVerification);
      if (HAPPY_ENDS.includes(file)) expect(shown).toEqual(HOLDS);
      else expect(shown).not.toEqual(HOLDS);
    },
  );

  describe.each([0, 1] as const)('under transaction version %i', (transactionVersion) => {
    test.each(UNDER_OLD_VERSIONS)('%s, partition verification on', (file, withVerification) => {
      expect(verdicts(file, transactionVersion, true)).toEqual(withVerification);
    });

    test.each(UNDER_OLD_VERSIONS)('%s, partition verification off', (file, _, without) => {
      expect(verdicts(file, transactionVersion, false)).toEqual(without);
    });
  });

  describe.each([true, false])(
    'under transaction version 2 everything holds (KIP-890), partition verification %s',
    (partitionVerification) => {
      test.each(FILES)('%s', (file) => {
        expect(verdicts(file, 2, partitionVerification)).toEqual(HOLDS);
      });
    },
  );

  test.each(HAPPY_ENDS)(
    '%s: an input is processed twice, and has one output in the end',
    (file) => {
      const { history } = runScenario(scenarioIn(file), {
        components: componentsWith({}),
        trace: false,
        coordinatorObserver: null,
      });
      const index = new HistoryIndex(history);
      expect(exactlyOncePipeline.witness.reached(index)).toBe(true);
      const inputs = index.sends.flatMap(({ invocation: { input } }) => input?.offset ?? []);
      const outputs = [...index.finalReads.committed.get('out-0')!.rows()];
      expect(inputs).toHaveLength(2 * outputs.length);
      const made = outputs.map((row) => index.recordsRead.sendAt(row)?.invocation.input?.offset);
      expect(made).toEqual([...new Set(inputs)]);
    },
  );

  test('the member of an older generation is refused (KIP-447)', () => {
    const { history } = runScenario(scenarioIn('kip-447-older-generation.json'), {
      components: componentsWith({}),
      trace: false,
      coordinatorObserver: null,
    });
    const [{ offsetSends }] = [...new HistoryIndex(history).groups] as [GroupHistory];
    const told = offsetSends.map(({ invocation, completion }) => [
      invocation.process,
      completion?.type === 'failed' ? completion.error : completion?.type,
    ]);
    expect(told).toEqual([
      ['B#1', 'ok'],
      ['A#1', 'UNKNOWN_MEMBER_ID'],
    ]);
  });

  test('a client that bumps its epoch after the abort keeps the late Produce out (KIP-360)', () => {
    const file = 'kip-890-late-produce-next.json';
    const scenario = scenarioIn(file);
    const producers = scenario.topology.producers.map((producer) => ({
      ...producer,
      bumpsEpochAfterAbort: true,
    }));
    const { history } = runScenario(
      { ...scenario, topology: { ...scenario.topology, producers } },
      { components: componentsWith({}), trace: false, coordinatorObserver: null },
    );
    const judged = JudgedHistory.of(history, CLAIMS);
    expect(CLAIMS.map((claim) => judged.violationOf(claim))).toEqual(CLAIMS.map(() => null));
  });
});
