/** `judge` as a user runs it: what it prints, and what it says of a file that is no good history. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { historyFrom } from '../../properties/history/history-notation.ts';
import { judgementSchema, type Judgement } from '../../reports/evidence/judgement.ts';
import { runCommand, type Ran } from '../run-command.fixture.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onceproof-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const HEADER = '{"kind":"history","schemaVersion":1,"subject":"a test"}';
const lines = (notation: string): string =>
  [HEADER, ...historyFrom(notation).map((event) => JSON.stringify(event))].join('\n');

const GOOD = lines('A#1 init A => ok 7 0\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0');
const ABORTED_READ = lines(
  'A#1 init A => ok 7 0\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0\nA#1 abort 1 => ok\nR poll committed a-0 => x@0',
);

async function judge(
  content: string | Buffer,
  options: readonly string[] = [],
  name = 'h.jsonl',
): Promise<Ran> {
  const path = join(folder, name);
  writeFileSync(path, content);
  return run([path, ...options]);
}

async function run(words: readonly string[]): Promise<Ran> {
  const { code, out, err } = await runCommand(['judge', ...words]);
  // A name that is the same on every machine.
  const named = (text: string): string => text.replaceAll(folder, 'FOLDER').replaceAll(/\s+/g, ' ');
  return { code, out: out.replaceAll(folder, 'FOLDER'), err: named(err) };
}

describe('a judgement', () => {
  test('shows the violation, why, and the two events with their lines', async () => {
    const { code, out } = await judge(ABORTED_READ, ['--claims', 'NoAbortedRead']);
    expect(code).toBe(1);
    expect(out).toMatchInlineSnapshot(`
      "VIOLATED by a history of 5 operations on a test
        - NoAbortedRead is violated.
      0 holds, 1 violated, 0 inconclusive, 0 not-applicable

      claim          status          witness
      NoAbortedRead  violated        -

      Anomalies   not looked for: only claims were asked for (--anomalies has them looked for too)

      NoAbortedRead  x of transaction 1 of A#1, which was aborted, was read as committed from a-0
        1.  A#1 sent x in transaction 1 of A#1 (begun at line 4).
        2.  It asked for an abort of that transaction (line 8) and was told that it happened (line 9).
        3.  A reader of committed records returned x from offset 0 of a-0 (line 11).
        4.  The transaction is aborted, yet a record of it was read as committed: a contradiction.
        line 9  {"type":"ok","time":3,"process":"A#1","op":3}
        line 11  {"type":"ok","time":4,"process":"R","op":4,"records":[{"offset":0,"value":"x"}],"position
                 ":1,"highWatermark":1,"lastStableOffset":1}

      History     FOLDER/h.jsonl
      Scope       events 10; producer instances 1; transactions 1; sends 1; records read 1; requests on
                  the wire 0
      "
    `);
  });

  test('of chosen claims says that anomalies were not looked for, unless they are asked for', async () => {
    const statuses = async (...options: readonly string[]): Promise<ReadonlySet<string>> => {
      const { out } = await judge(ABORTED_READ, ['--json', ...options]);
      const { anomalies } = judgementSchema.parse(JSON.parse(out));
      expect(anomalies).toHaveLength(10);
      return new Set(anomalies.map(({ status }) => status));
    };
    expect(await statuses('--claims', 'NoAbortedRead')).toEqual(new Set(['not-asked']));
    const looked = new Set(['absent', 'not-applicable']);
    expect(await statuses('--claims', 'NoAbortedRead', '--anomalies')).toEqual(looked);
    expect(await statuses()).toEqual(looked);
    const { out } = await judge(ABORTED_READ, ['--claims', 'NoAbortedRead', '--anomalies']);
    expect(out).toContain('inconsistent-offsets   absent');
    expect(out).not.toContain('not looked for');
  });

  test('of claims that need no more than what is open says which rules were not checked', async () => {
    const { out } = await judge(GOOD, ['--claims', 'ReadersProgress']);
    expect(out).toContain('value-reused: no claim that was asked for needs the values');
    const { out: whole } = await judge(GOOD, ['--claims', 'ReadersProgress', '--anomalies']);
    expect(whole).not.toContain('value-reused');
  });

  test('is one JSON document that fits its schema', async () => {
    const { code, out } = await judge(ABORTED_READ, ['--json']);
    expect(code).toBe(1);
    const judgement = judgementSchema.parse(JSON.parse(out));
    const claim = judgement.claims.find(({ name }) => name === 'NoAbortedRead');
    expect(claim?.violation?.events[1].event).toMatchObject({ records: [{ value: 'x' }] });
  });

  test('goes into a folder', async () => {
    const out = join(folder, 'evidence');
    await judge(ABORTED_READ, ['--out', out]);
    const written = JSON.parse(readFileSync(join(out, 'judgement.json'), 'utf8')) as Judgement;
    expect(judgementSchema.parse(written).verdict).toBe('violated');
  });

  test('is inconclusive, and exit 2, if nothing is wrong and not everything could go wrong', async () => {
    expect((await judge(GOOD)).code).toBe(2);
  });

  test('of a gzipped file', async () => {
    const { code, out } = await judge(gzipSync(ABORTED_READ), [], 'h.jsonl.gz');
    expect(code).toBe(1);
    expect(out).toContain('VIOLATED');
  });

  test('neutralises what a terminal would obey', async () => {
    const hostile = ABORTED_READ.replaceAll(
      '"x"',
      JSON.stringify('\u001b]0;owned\u0007\u009b31m<b>\u202e'),
    ).replace('a test', '\\u001b[2Ja test');
    const { out, err } = await judge(hostile);
    const { out: json } = await judge(hostile, ['--json']);
    // oxlint-disable-next-line no-control-regex -- they are what is looked for.
    expect(`${out}${err}${json}`).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(out).toContain('\\u001b]0;owned\\u0007\\u009b31m<b>\\u202e');
  });
});

describe('no good history: where, expected, found, exit 4, no stack trace', () => {
  const edited = (from: string, to: string): string => GOOD.replace(from, to);
  test.each<[string, string | Buffer, string]>([
    ['an empty file', '', 'h.jsonl, line 1, column 1: expected JSON, found an empty file.'],
    ['another header', '{"kind":"finding"}\n', 'h.jsonl, line 1, column 2, at kind: expected'],
    [
      'no header',
      GOOD.slice(GOOD.indexOf('\n') + 1),
      'h.jsonl, line 1, column 1, at kind: expected a history',
    ],
    [
      'half a line at the end',
      GOOD.slice(0, -9),
      'h.jsonl, line 7, column 48: expected JSON, found the end of the file',
    ],
    [
      'a line of brackets',
      `${GOOD}\n${'['.repeat(200_000)}`,
      'h.jsonl, line 8, column 200001: expected JSON, found the end of the file',
    ],
    [
      'brackets in brackets',
      `${GOOD}\n${'['.repeat(200_000)}${']'.repeat(200_000)}\n`,
      'h.jsonl, line 8, column 1, at type: expected one of',
    ],
    [
      'brackets where a number should be',
      edited('"time":2', `"time":${'['.repeat(200_000)}${']'.repeat(200_000)}`),
      'line 6, column 18, at time: expected a value of type number',
    ],
    ['a blank line', GOOD.replace('\n', '\n\n'), 'h.jsonl, line 2, column 1: expected JSON, found'],
    [
      'an unknown kind of event',
      edited('"type":"ok"', '"type":"fine"'),
      'line 3, column 2, at type: expected one of',
    ],
    [
      'an unknown call',
      edited('"call":"begin"', '"call":"start"'),
      'line 4, column 50, at call: expected one of',
    ],
    [
      'an unknown field',
      edited('"op":0', '"op":0,"colour":"red"'),
      'line 2, column 50: expected no other fields',
    ],
    [
      'time that goes backwards',
      edited('"time":2', '"time":0'),
      'line 6, column 18, at time: expected a history in which time never decreases along a history; found send of A#1 at 0 ms',
    ],
    [
      'an operation number that comes twice',
      edited('"op":1,"call"', '"op":0,"call"'),
      'line 4, column 43, at op: expected a history in which each invocation has an operation number',
    ],
    [
      'a completion of nothing',
      edited('"process":"A#1","op":0,"producerId"', '"process":"A#1","op":9,"producerId"'),
      'line 3, column 39, at op: expected a history in which a completion follows the invocation',
    ],
    [
      'a completion in another process',
      edited('"process":"A#1","op":0,"producerId"', '"process":"B#1","op":0,"producerId"'),
      'line 3, column 23, at process: expected a history in which an operation completes in the process',
    ],
    [
      'a second completion',
      `${GOOD}\n${GOOD.slice(GOOD.lastIndexOf('\n') + 1)}`,
      'line 8, column 39, at op: expected a history in which an operation completes at most once',
    ],
    [
      'bytes that are not UTF-8',
      Buffer.concat([
        Buffer.from(`${GOOD}\n{"type":"crash","process":"é`),
        Buffer.from([0xff]),
        Buffer.from('"}\n'),
      ]),
      'h.jsonl, line 8, column 29: expected UTF-8, found 0xff.',
    ],
    [
      'hostile text',
      edited('"call":"begin"', '"call":"\\u001b[31m\\u0000<script>"'),
      'found "\\u001b[31m\\u0000<script>"',
    ],
  ])('%s', async (_, content, message) => {
    const { code, out, err } = await judge(content);
    expect(code).toBe(4);
    expect(out).toBe('');
    expect(err).toContain(message);
    expect(err).not.toMatch(/\bat .*\.ts:\d+/);
    expect(err).not.toContain('\u001b');
  });

  test('a file that is not there, a folder, and a .gz that is none', async () => {
    const missing = await run([join(folder, 'missing.jsonl')]);
    expect(missing.err).toContain(
      'Expected a history\'s file, found "FOLDER/missing.jsonl": ENOENT',
    );
    const directory = await run([folder]);
    expect(directory.err).toContain('EISDIR');
    const broken = await judge(GOOD, [], 'broken.gz');
    expect(broken.err).toContain('incorrect header check');
    expect([missing.code, directory.code, broken.code]).toEqual([4, 4, 4]);
  });

  test('an unknown claim', async () => {
    const { code, err } = await judge(GOOD, ['--claims', 'NoDuplicate']);
    expect(code).toBe(4);
    expect(err).toContain('Did you mean NoDuplicates?');
  });
});
