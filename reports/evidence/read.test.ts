/** Bad evidence is refused in one paragraph: where, what was expected, what was found, what to do. */

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { HANGING_TRANSACTION } from './hanging-transaction.fixture.ts';
import { EvidenceError } from './errors.ts';
import { readHistory } from './history-reader.ts';
import { readFinding, readScenario } from './read.ts';
import { TOOL } from './tool.ts';

const FINDING = JSON.stringify(HANGING_TRANSACTION, null, 2);
const SCENARIO = JSON.stringify(HANGING_TRANSACTION.scenario);
const HISTORY = [
  { kind: 'history', schemaVersion: 1, subject: 'reference' },
  ...HANGING_TRANSACTION.history,
]
  .map((line) => `${JSON.stringify(line)}\n`)
  .join('');

function refusal(read: () => unknown): { problem: string; message: string } {
  try {
    read();
  } catch (error) {
    if (error instanceof EvidenceError) return { problem: error.problem, message: error.message };
    throw error;
  }
  return { problem: 'none', message: '' };
}

describe('good files', () => {
  test('a finding, its scenario and its history are read back as they were written', () => {
    expect(readFinding(FINDING, 'f.json')).toEqual({ value: HANGING_TRANSACTION, warnings: [] });
    expect(readScenario(SCENARIO, 's.json').value).toEqual(HANGING_TRANSACTION.scenario);
    const history = readHistory(HISTORY, 'h.ndjson').value;
    expect(history.events).toEqual(HANGING_TRANSACTION.history);
    expect(history.header.subject).toBe('reference');
  });

  test('a finding of another tool version is read with a warning', () => {
    const other = FINDING.replace(`"version": "${TOOL.version}"`, '"version": "9.9.9"');
    const { warnings } = readFinding(other, 'f.json');
    expect(warnings).toEqual([
      `f.json was written by onceproof 9.9.9, this is ${TOOL.version}: a replay may take another course.`,
    ]);
  });

  test('the tool version written into files is that of the package', () => {
    const manifest = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    ) as { version: string };
    expect(TOOL.version).toBe(manifest.version);
  });
});

describe('bad findings', () => {
  const edited = (from: string, to: string): string => FINDING.replace(from, to);
  test.each<[string, string, string, string]>([
    ['empty', '', 'truncated', 'f.json, line 1, column 1: expected JSON, found an empty file.'],
    ['cut', FINDING.slice(0, 300), 'truncated', 'the end of the file (it looks truncated)'],
    ['no JSON', '{"kind": finding}', 'not-json', 'f.json, line 1, column 10: expected JSON'],
    [
      'an array',
      '[]',
      'wrong-kind',
      'expected a finding, whose "kind" is "finding", found nothing.',
    ],
    ['a scenario', SCENARIO, 'wrong-kind', 'found "scenario"'],
    [
      'of the future',
      edited('"schemaVersion": 1', '"schemaVersion": 7'),
      'unknown-schema-version',
      'f.json, at schemaVersion: expected schema version 1 of a finding, found 7. Use the version',
    ],
    ['without a seed', edited('"seed"', '"sed"'), 'malformed', 'f.json, at seed: expected a value'],
    [
      'with an unknown field',
      edited('"mutant": null,', '"mutant": null, "colour": "red",'),
      'malformed',
      'f.json: expected no other fields than those of the schema, found "colour".',
    ],
    [
      'with an unknown step',
      edited('"do": "begin"', '"do": "start-over"'),
      'malformed',
      'at scenario.steps[1].do: expected one of "start", "begin", "send"',
    ],
    [
      'with a wrong time in a poll',
      edited('"call": "poll"', '"call": "poll", "offset": 3'),
      'malformed',
      'f.json, at history[7]: expected no other fields than those of the schema, found "offset".',
    ],
    [
      'pointing beyond its history',
      edited('"events": [\n      4,\n      8\n    ]', '"events": [4, 99]'),
      'malformed',
      'f.json, at violation.events: expected positions in a history of 9 events, found 99.',
    ],
    [
      'naming an unknown partition',
      edited('"partition": "a-0"', '"partition": "z-0"'),
      'malformed',
      'f.json, at steps[3]: expected a partition of the topology (a-0), found "z-0".',
    ],
    [
      'naming an unknown producer',
      edited('"producer": "A"', '"producer": "B"'),
      'malformed',
      'f.json, at steps[0]: expected a producer of the topology (A), found "B".',
    ],
  ])('%s', (_name, text, problem, message) => {
    const refused = refusal(() => readFinding(text, 'f.json'));
    expect(refused.problem).toBe(problem);
    expect(refused.message).toContain(message);
    expect(refused.message).not.toContain('\n');
  });
});

describe('bad pipelines', () => {
  const application = { name: 'A', transactional: true };
  const consumes = { group: 'g', partitions: ['a-0'] };
  const scenario = (producer: object, step: object): string =>
    JSON.stringify({
      ...HANGING_TRANSACTION.scenario,
      topology: { topics: { a: 1 }, producers: [producer] },
      steps: [step],
    });
  const poll = { do: 'poll' };
  test.each<[string, string, string]>([
    [
      'reading an unknown partition',
      scenario({ ...application, consumes: { ...consumes, partitions: ['z-0'] } }, poll),
      's.json, at topology.producers[0].consumes: expected a partition of the topology (a-0), found "z-0".',
    ],
    [
      'without transactions',
      scenario({ ...application, transactional: false, consumes }, poll),
      's.json, at topology.producers[0]: expected a producer that consumes to be transactional, found "A", which is not.',
    ],
    [
      'of a producer that does not consume',
      scenario(application, { do: 'join', instance: 'A#1' }),
      's.json, at steps[0]: expected a producer that consumes of the topology (none), found "A".',
    ],
    [
      'duplicating a commit of offsets',
      scenario(
        { ...application, consumes },
        { do: 'duplicate-request', api: 'OffsetCommit', from: 'A#1', steps: 0 },
      ),
      's.json, at steps[0].api: expected one of "FindCoordinator"',
    ],
  ])('%s', (_name, text, message) => {
    expect(refusal(() => readScenario(text, 's.json')).message).toContain(message);
  });

  test('a fault may pick a message to the leader of the offsets, if somebody consumes', () => {
    const step = { do: 'lose-request', api: 'WriteTxnMarkers', from: 'coordinator' };
    const named = { ...step, partition: '__consumer_offsets-0' };
    expect(() =>
      readScenario(scenario({ ...application, consumes }, named), 's.json'),
    ).not.toThrow();
    expect(refusal(() => readScenario(scenario(application, named), 's.json')).problem).toBe(
      'malformed',
    );
  });
});

describe('bad histories', () => {
  const lines = HISTORY.split('\n');
  test.each<[string, string, string, string]>([
    ['empty', '', 'truncated', 'h.ndjson, line 1, column 1: expected JSON, found an empty file.'],
    ['cut inside a line', HISTORY.slice(0, -20), 'truncated', 'h.ndjson, line 10, column'],
    [
      'without header',
      lines.slice(1).join('\n'),
      'wrong-kind',
      'h.ndjson, line 1, column 1, at kind:',
    ],
    [
      'with a broken line',
      [lines[0], lines[1], '{"type": }', lines[2]].join('\n'),
      'not-json',
      'h.ndjson, line 3, column 10: expected JSON',
    ],
    [
      'of the future',
      HISTORY.replace('"schemaVersion":1', '"schemaVersion":2'),
      'unknown-schema-version',
      'h.ndjson, line 1, column 19, at schemaVersion:',
    ],
    [
      'with an unknown call',
      HISTORY.replace('"call":"begin"', '"call":"flush"'),
      'malformed',
      'h.ndjson, line 4, column 50, at call: expected one of "init", "begin"',
    ],
    [
      'with a negative time',
      HISTORY.replace('"time":2', '"time":-2'),
      'malformed',
      'h.ndjson, line 3, column 14, at time: expected at least 0, found -2.',
    ],
  ])('%s', (_name, text, problem, message) => {
    const refused = refusal(() => readHistory(text, 'h.ndjson'));
    expect(refused.problem).toBe(problem);
    expect(refused.message).toContain(message);
  });
});
