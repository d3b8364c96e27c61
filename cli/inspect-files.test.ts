/** The files that `inspect` writes, from a real finding: what is in them, and that the test among them fails for its reason. */

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { counterexample } from '../reports/counterexample/document.ts';
import { merged } from '../reports/counterexample/system-state.ts';
import { readFinding } from '../reports/evidence/read.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

let folder: string;
let file: string;
/** A coordinator that completes a transaction after any marker, found in seconds; its shortest story has a crash. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onceproof-'));
  onceproof('run', 'AtomicVisibility', '--mutant', 'T08', '--seed', '1', '--out', 'out');
  file = join('out', 'findings', readdirSync(join(folder, 'out', 'findings'))[0]!);
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function onceproof(...arguments_: string[]): { code: number | null; out: string; err: string } {
  const ended = spawnSync(process.execPath, [MAIN, ...arguments_], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'] },
  });
  return { code: ended.status, out: ended.stdout, err: ended.stderr };
}

const read = (path: string): string => readFileSync(join(folder, path), 'utf8');

describe('inspect', () => {
  test('writes a page of less than 150 KB, says so on stderr and nothing on stdout', () => {
    const { code, out, err } = onceproof('inspect', file, '--html', 'page.html');
    expect({ code, out }).toEqual({ code: 0, out: '' });
    expect(err).toMatch(/^Wrote page\.html \(\d+ KB\)\.\n$/);
    const page = read('page.html');
    expect(Buffer.byteLength(page)).toBeLessThan(150_000);
    expect(page).toContain(`npx onceproof replay ${file}`);
  });

  test('writes several files at once, and a diagram or a log to stdout', () => {
    const ended = onceproof(
      'inspect',
      file,
      '--mermaid',
      '--shiviz',
      'log.txt',
      '--html',
      'page.html',
    );
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/^sequenceDiagram\n/);
    expect(ended.err.split('\n')).toHaveLength(3);
    expect(read('log.txt')).toBe(onceproof('inspect', file, '--shiviz').out);
  });

  test('draws everything with --all', () => {
    const short = onceproof('inspect', file, '--mermaid').out;
    const long = onceproof('inspect', file, '--mermaid', '--all').out;
    expect(long.split('\n').length).toBeGreaterThan(short.split('\n').length);
    onceproof('inspect', file, '--html', 'all.html', '--all');
    expect(read('all.html')).toContain('id="everything" checked');
  });

  test.each<[string[], string]>([
    [['--html', 'absent/page.html'], '--html: expected a file that can be written, found "absent'],
    [['--html', '.'], '--html: expected a file that can be written, found "."'],
    [['--html', ''], "--html: expected a file's name, found nothing"],
    [['--mermaid', '--shiviz'], 'expected at most one of them on standard output, found both'],
    [['--html', 'x', '--vitest', './x'], 'found "./x", which is what --html writes'],
    [['--html'], "'--html <file>' argument missing"],
  ])('refuses %j', (options, expected) => {
    const { code, out, err } = onceproof('inspect', file, ...options);
    expect({ code, out }).toEqual({ code: 4, out: '' });
    expect(err.replaceAll(/\s+/g, ' ')).toContain(expected);
    expect(err).not.toMatch(/\n\s+at /);
  });

  test('does not write over the finding', () => {
    const { code, err } = onceproof('inspect', file, '--html', file);
    expect(code).toBe(4);
    expect(err.replaceAll(/\s+/g, ' ')).toContain('which is the finding itself');
    expect(() => readFinding(read(file), file)).not.toThrow();
  });

  test('puts a finding that is too large for a page beside it', () => {
    const { value } = readFinding(read(file), file);
    const many = Array.from({ length: 60_000 }, () => value.trace[0]!);
    writeFileSync(
      join(folder, 'large.json'),
      JSON.stringify({ ...value, trace: [...value.trace, ...many] }),
    );
    const { err } = onceproof('inspect', 'large.json', '--html', 'large.html');
    expect(err).toContain('Wrote large.finding.json');
    expect(read('large.html')).toContain('href="large.finding.json"');
    expect(onceproof('inspect', 'large.finding.json').code).toBe(0);
  });
});

describe('the test that inspect writes', () => {
  /** A project that depends on this package, as `npm install onceproof vitest` would make it. */
  function runVitest(name: string): { code: number | null; out: string } {
    const modules = join(folder, 'project', 'node_modules');
    mkdirSync(modules, { recursive: true });
    for (const [to, from] of [
      [ROOT, join(modules, 'onceproof')],
      [join(ROOT, 'node_modules', 'vitest'), join(modules, 'vitest')],
    ] as const) {
      rmSync(from, { force: true });
      symlinkSync(to, from);
    }
    writeFileSync(join(folder, 'project', 'package.json'), '{ "type": "module" }');
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
    const ended = spawnSync(process.execPath, [vitest, 'run', name], {
      cwd: join(folder, 'project'),
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], NO_COLOR: '1' },
    });
    return { code: ended.status, out: `${ended.stdout}${ended.stderr}` };
  }

  test('fails on the mutant for the reason that the finding states, and passes on the reference', () => {
    mkdirSync(join(folder, 'project'), { recursive: true });
    onceproof('inspect', file, '--vitest', 'project/found.test.ts');
    const { value } = readFinding(read(file), file);
    const failed = runVitest('found');
    expect(failed.code).toBe(1);
    expect(failed.out).toContain('AtomicVisibility holds of mutant T08 in this scenario');
    expect(failed.out).toContain(`AssertionError: ${value.violation.message}`);

    const text = read('project/found.test.ts');
    const mended = text.replace(", { mutant: 'T08' }", '');
    expect(mended).not.toBe(text);
    writeFileSync(join(folder, 'project', 'mended.test.ts'), mended);
    expect(runVitest('mended').code).toBe(0);
  });
});

describe('the state that the page steps through', () => {
  test('ends with the logs that the final reads returned, across a crash', () => {
    const { value } = readFinding(read(file), file);
    expect(value.trace.some(({ kind }) => kind === 'crashed')).toBe(true);
    const state = merged(counterexample(value).rows.flatMap(({ changes }) => changes));
    const logged = state.flatMap(({ path: [log, at], after }) => {
      const isData =
        /^log [a-z]+-\d+$/.test(log!) && at !== 'highWatermark' && !after!.includes(' marker ');
      return isData ? [`${log} ${at} ${after!.split(' ')[0]}`] : [];
    });
    const reads = value.history.flatMap((event) =>
      event.type === 'invoke' &&
      event.call === 'poll' &&
      event.final &&
      event.isolation === 'read_uncommitted'
        ? [event]
        : [],
    );
    // Of what probes write the final reads need not tell.
    const probes = new Set(
      value.history.flatMap((event) =>
        event.type === 'invoke' && event.call === 'init' && event.probe === true
          ? [event.process]
          : [],
      ),
    );
    const ofProbes = value.history.flatMap((event) =>
      event.type === 'invoke' && event.call === 'send' && probes.has(event.process)
        ? [event.value]
        : [],
    );
    const returned = reads.flatMap(({ op, partition }) => {
      const completion = value.history.find((event) => event.type === 'ok' && event.op === op);
      const records = completion?.type === 'ok' ? completion.records! : [];
      return records.map((record) => `log ${partition} [${record.offset}] ${record.value}`);
    });
    expect(returned.length).toBeGreaterThan(0);
    const withoutProbes = (lines: readonly string[]): readonly string[] =>
      lines.filter((line) => !ofProbes.includes(line.split(' ').at(-1)!)).toSorted();
    expect(withoutProbes(logged)).toEqual(withoutProbes(returned));
  });
});
