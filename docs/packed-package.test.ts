/** The package as its users get it: packed, installed into the example project, and run there. */

import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const INSTALL_TIMEOUT_MS = 300_000;

interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

let folder: string;
let packed: Packed;

function run(command: string, arguments_: readonly string[], cwd: string): string {
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], NO_COLOR: '1' };
  return execFileSync(command, arguments_, {
    cwd,
    env,
    encoding: 'utf8',
    stdio: 'pipe',
    maxBuffer: 1 << 26,
  });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'onceproof-package-'));
  cpSync(join(ROOT, 'examples', 'vitest-suite'), folder, { recursive: true });
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', folder];
  packed = (JSON.parse(run('npm', pack, ROOT)) as Packed[])[0]!;
  const install = ['install', '--no-audit', '--no-fund', '--prefer-offline'];
  run('npm', [...install, join(folder, packed.filename)], folder);
}, INSTALL_TIMEOUT_MS);

afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('the packed package', () => {
  test('runs the example suite in a project of its own, a test for each claim', () => {
    const report = JSON.parse(run('npx', ['vitest', 'run', '--reporter=json'], folder)) as {
      readonly numPassedTests: number;
      readonly numTotalTests: number;
      readonly testResults: readonly { readonly assertionResults: readonly object[] }[];
    };
    expect(report.numPassedTests).toBe(report.numTotalTests);
    expect(report.numTotalTests).toBeGreaterThan(10);
  });

  test('answers on the command line', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect(run('npx', ['onceproof', '--version'], folder).trim()).toBe(manifest.version);
  });

  test('has the checker, which runs the example of its page', () => {
    const page = readFileSync(join(ROOT, 'docs', 'CHECKER.md'), 'utf8');
    const [, program, output] = /```js\n(.*?)```.*?```text\n(.*?)```/s.exec(page)!;
    writeFileSync(join(folder, 'lock.mjs'), program!);
    expect(run('node', ['lock.mjs'], folder)).toBe(output);
  });

  test('holds what runs and what is read, no test, no fixture and no benchmark', () => {
    const stray = packed.files.filter(
      ({ path }) =>
        (/\.(test|fixture)\./.test(path) && !path.startsWith('examples/')) ||
        path.startsWith('dist/bench'),
    );
    expect(stray).toEqual([]);
  });
});

describe('a suite that must fail', () => {
  test('names the claim, the reason and the counterexample', () => {
    const source = `import { describeCatalogue } from 'onceproof/vitest';
describeCatalogue({ claims: ['NoAbortedRead'], scenarios: 100, mutant: 'K01' });
`;
    const file = join(folder, 'mutant.test.ts');
    let output = '';
    try {
      writeFileSync(file, source);
      run('npx', ['vitest', 'run', 'mutant.test.ts'], folder);
    } catch (error) {
      output =
        String((error as { readonly stdout: string }).stdout) +
        String((error as { readonly stderr: string }).stderr);
    }
    expect(output).toContain('NoAbortedRead is violated');
    expect(output).toContain('a contradiction.');
    expect(output).toContain('npx onceproof run NoAbortedRead --seed 1');
  });
});
