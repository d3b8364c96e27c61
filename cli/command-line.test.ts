/** The command line as scripts and people meet it: exit codes, what goes where, bad input, two runs, Ctrl-C. */

import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clauseResultsSchema, clausesSchema } from '../reports/evidence/clause.ts';
import { readFinding } from '../reports/evidence/read.ts';
import { mutationResultSchema } from '../reports/evidence/mutation.ts';
import { runResultSchema } from '../reports/evidence/run-result.ts';
import { HANGING_TRANSACTION } from '../reports/evidence/hanging-transaction.fixture.ts';

const MAIN = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'cli', 'main.js');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onceproof-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function onceproof(...arguments_: string[]): Ended {
  const ended = spawnSync(process.execPath, [MAIN, ...arguments_], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ');

describe('bad input: exit 4, one paragraph on stderr, nothing on stdout, nothing written', () => {
  const finding = JSON.stringify(HANGING_TRANSACTION);
  beforeAll(() => {
    writeFileSync(join(folder, 'cut.json'), finding.slice(0, 500));
    writeFileSync(
      join(folder, 'future.json'),
      finding.replace('"schemaVersion":1', '"schemaVersion":9'),
    );
    writeFileSync(join(folder, 'other.json'), '{"kind": "recipe"}');
    writeFileSync(
      join(folder, 'unknown.json'),
      finding.replace('NoHangingTransaction', 'NoWorries'),
    );
  });

  test.each<[string[], string]>([
    [[], 'Expected a command.'],
    [['rnu'], "Unknown command 'rnu' (Did you mean run?). See"],
    [['run', 'NoDuplicate'], 'Unknown claim "NoDuplicate": expected one of NoDuplicates,'],
    [['run', '--mutant', 'C4'], 'Unknown mutant "C4": expected one of C01,'],
    [['run', '--mutant', 'C14', '--transaction-version', '1'], 'expected --transaction-version 2,'],
    [
      ['run', '--mutant', 'P08', '--transaction-version', '1'],
      'expected --partition-verification off',
    ],
    [['run', '--out', ''], '--out: expected a folder, found nothing'],
    [['run', '--faults', 'crash-leder'], 'Did you mean crash-leader?'],
    [['run', '--transaction-version', '3'], '--transaction-version: expected 0, 1, 2, found "3"'],
    [['run', '--partition-verification', 'yes'], 'expected on or off, found "yes"'],
    [['run', '--scenarios', '-1'], '--scenarios: expected a whole number from 1'],
    [['run', '--scenarios', 'ten'], 'found "ten"'],
    [['run', '--workers', '0'], '--workers: expected a whole number from 1 to 256, found "0"'],
    [
      ['run', '--time', '60'],
      '--time: expected a duration with its unit (ms, s, m, h), found "60"',
    ],
    [['run', '--seed', 'a b'], '--seed: expected up to 64 letters'],
    [['mutate', '--only', 'C4'], 'Unknown mutant "C4": expected one of C01,'],
    [['mutate', '--only', 'none'], '--only: expected mutants, found "none"'],
    [['clauses', 'EOS-ENE-01'], 'Unknown clause "EOS-ENE-01": expected an id such as EOS-SEE-01,'],
    [['clauses', '--level', 'musn'], 'Unknown level "musn": expected one of must, should, may.'],
    [['clauses', '--out', 'x'], '--out: expected --check beside it, found none.'],
    [['clauses', '--check', '--mutant', 'C4'], 'Unknown mutant "C4": expected one of C01,'],
    [
      ['clauses', 'EOS-ADD-08', '--check'],
      'Expected clauses with a directed test under transaction version 2, found none',
    ],
    [['run', '--colour'], "Unknown option '--colour'"],
    [['run', '--out', 'cut.json/out'], '--out: expected a folder that can be written, found'],
    [
      ['list', 'claim'],
      'Unknown list "claim": expected one of claims, mutants, scenarios, scopes, faults.',
    ],
    [
      ['explain', 'Fencing'],
      'Unknown name "Fencing": expected a name that `onceproof list` or `onceproof clauses` prints.',
    ],
    [['inspect'], "Missing required argument 'file'. See"],
    [['inspect', 'absent.json'], 'Expected a finding\'s file, found "absent.json": ENOENT'],
    [['inspect', 'cut.json'], 'found the end of the file (it looks truncated)'],
    [['inspect', 'future.json'], 'expected schema version 1 of a finding, found 9'],
    [['replay', 'other.json'], 'expected a finding, whose "kind" is "finding", found "recipe"'],
    [['replay', 'cut.json'], 'cut.json, line 1, column 501: expected JSON'],
    [['replay', 'unknown.json'], 'found the claim NoWorries'],
  ])('onceproof %j', (arguments_, message) => {
    const before = readdirSync(folder);
    const { code, out, err } = onceproof(...arguments_);
    expect(oneLine(err)).toContain(message);
    expect(err).not.toMatch(/\n\n|\n {4}at /);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(readdirSync(folder)).toEqual(before);
  });
});

describe('run', () => {
  test('text, JSON, file and exit code say the same, and stdout is one JSON document', () => {
    const { code, out, err } = onceproof(
      'run',
      '--json',
      '--scenarios',
      '300',
      '--seed',
      '7',
      '--out',
      'held',
    );
    const result = runResultSchema.parse(JSON.parse(out));
    expect(result).toMatchObject({ verdict: 'holds', seed: '7', findings: [] });
    expect(code).toBe(0);
    expect(err).toContain('300 scenarios, seed 7');
    expect(JSON.parse(readFileSync(join(folder, 'held', 'run.json'), 'utf8'))).toEqual(result);
    const text = onceproof('run', '--scenarios', '300', '--seed', '7', '--out', 'held');
    expect(text.out).toContain(`HOLDS after ${result.scenarios} scenarios`);
    expect(text.code).toBe(0);
  });

  test('a mutant is killed: exit 1, and what it leaves replays and can be looked at', () => {
    const run = onceproof(
      'run',
      '--json',
      '--mutant',
      'T08',
      '--scenarios',
      '2000',
      '--seed',
      '1',
      '--out',
      'killed',
    );
    expect(run.code).toBe(1);
    const result = runResultSchema.parse(JSON.parse(run.out));
    expect(result.verdict).toBe('violated');
    const [file = ''] = result.findings;
    const finding = readFinding(readFileSync(join(folder, file), 'utf8'), file).value;
    expect(finding.mutant).toBe('T08');
    const replay = onceproof('replay', file);
    expect(replay.out).toMatch(/^Reproduced, event for event: /);
    expect(replay.code).toBe(1);
    const inspect = onceproof('inspect', file);
    expect(inspect.out).toContain('Why the claim fails');
    expect(inspect.out).not.toContain('\u001b');
    expect(inspect.code).toBe(0);
  });

  test('a replay that no longer shows it says so and exits 2', () => {
    const [name = ''] = readdirSync(join(folder, 'killed', 'findings'));
    const finding = readFinding(
      readFileSync(join(folder, 'killed', 'findings', name), 'utf8'),
      name,
    ).value;
    writeFileSync(join(folder, 'repaired.json'), JSON.stringify({ ...finding, mutant: null }));
    const { code, out } = onceproof('replay', 'repaired.json');
    expect(out).toMatch(/^Not reproduced: /);
    expect(code).toBe(2);
  });

  test('what an earlier run found is tried first', () => {
    const again = onceproof(
      'run',
      '--json',
      '--mutant',
      'T08',
      '--scenarios',
      '2000',
      '--seed',
      '99',
      '--out',
      'killed',
    );
    const result = runResultSchema.parse(JSON.parse(again.out));
    expect(again.code).toBe(1);
    expect(result.scenarios).toBeLessThan(50);
  });

  test('clauses are data; asked of the reference they hold, of a mutant the broken ones are named', () => {
    const { clauses } = clausesSchema.parse(JSON.parse(onceproof('clauses', 'END', '--json').out));
    expect(clauses.every(({ id }) => id.startsWith('EOS-END-'))).toBe(true);
    expect(clauses.length).toBeGreaterThan(10);
    const held = onceproof('clauses', '--check', '--json', '--out', 'asked');
    expect(held.code).toBe(0);
    const results = clauseResultsSchema.parse(JSON.parse(held.out));
    expect(JSON.parse(readFileSync(join(folder, 'asked', 'clauses.json'), 'utf8'))).toEqual(
      results,
    );
    const broken = onceproof('clauses', 'EOS-FENCE-0*', '--check', '--mutant', 'C01');
    expect(broken.code).toBe(1);
    expect(broken.out).toContain('EOS-FENCE-03  zombie-cannot-end (transaction-coordinator)');
    expect(broken.out).toContain('found     end 7.0 commit => NONE 7.2');
  });

  test('a run in which nothing could happen is inconclusive: exit 2', () => {
    const { code, out } = onceproof(
      'run',
      '--scenarios',
      '20',
      '--faults',
      'none',
      '--seed',
      '1',
      '--out',
      'idle',
    );
    expect(out).toMatch(/^INCONCLUSIVE /);
    expect(code).toBe(2);
  });
});

describe('one output folder', () => {
  test('a second run is refused while the first works; Ctrl-C ends that one with what is known: exit 130', async () => {
    const first = spawn(
      process.execPath,
      [MAIN, 'run', '--json', '--time', '10m', '--out', 'busy'],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'] },
      },
    );
    const ended = new Promise<Ended>((resolve) => {
      let out = '';
      first.stdout.on('data', (data: Buffer) => (out += data.toString()));
      first.on('close', (code) => resolve({ code, out, err: '' }));
    });
    await new Promise((resolve) => first.stderr.once('data', resolve));
    expect(existsSync(join(folder, 'busy', 'lock'))).toBe(true);
    const second = onceproof('run', '--scenarios', '10', '--out', 'busy');
    expect(second.code).toBe(4);
    expect(oneLine(second.err)).toContain(`locked by process ${first.pid}`);
    first.kill('SIGINT');
    const { code, out } = await ended;
    expect(code).toBe(130);
    expect(runResultSchema.parse(JSON.parse(out)).partial).toBe(true);
    expect(readdirSync(join(folder, 'busy'))).toEqual([
      'coverage.json',
      'environment.json',
      'run.json',
    ]);
  });
});

describe('mutate', () => {
  test('all killed: exit 0, the score as JSON, and the same with the counterexamples in the folder', () => {
    const { code, out } = onceproof('mutate', '--only', 'C01,K09', '--json', '--out', 'mutants');
    expect(code).toBe(0);
    const result = mutationResultSchema.parse(JSON.parse(out));
    expect(result).toMatchObject({ killed: 2, total: 2 });
    expect(JSON.parse(readFileSync(join(folder, 'mutants', 'mutation.json'), 'utf8'))).toEqual(
      result,
    );
    expect(readdirSync(join(folder, 'mutants', 'findings'))).toHaveLength(2);
  });

  test('a survivor: exit 1, named once more at the end', () => {
    const { code, out } = onceproof('mutate', '--only', 'F03', '--scenarios', '1');
    expect(code).toBe(1);
    expect(oneLine(out)).toMatch(/0 of 1 mutants killed.*- F03 .* survived/);
  });

  test('out of time: exit 2, and no claim about those whose turn did not come', () => {
    const { code, out } = onceproof('mutate', '--only', 'P', '--time', '1ms');
    expect(code).toBe(2);
    expect(out).toContain('mutants killed by the claims of their rows alone (partial');
  });
});

test('whoever reads the output may stop early', () => {
  const { code, out } = onceproof('list', 'mutants');
  expect(out.split('\n').length).toBeGreaterThan(12);
  expect(code).toBe(0);
  const piped = spawnSync(
    'sh',
    ['-c', `"${process.execPath}" "${MAIN}" list mutants | head -n 1`],
    {
      encoding: 'utf8',
    },
  );
  expect(piped.stderr).toBe('');
});
