/** From starting the process to the finding of KIP-890's hanging transaction on disk, wall clock. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { median } from './measure.ts';

const ROUNDS = 5;
const COMMAND = fileURLToPath(new URL('../cli/main.js', import.meta.url));
const RUN = [
  'run',
  'NoHangingTransaction',
  '--transaction-version=1',
  '--partition-verification=off',
  '--scenarios=1',
  '--seed=1',
];

export function benchColdStart(print: (line: string) => void): Promise<void> {
  const seconds = median(ROUNDS, secondsToFinding);
  print(
    `cold start, onceproof ${RUN.join(' ')}: ${seconds.toFixed(2)} s to the finding, median of ${ROUNDS}`,
  );
  return Promise.resolve();
}

function secondsToFinding(): number {
  const out = mkdtempSync(join(tmpdir(), 'onceproof-'));
  try {
    const startMs = performance.now();
    spawnSync(process.execPath, [COMMAND, ...RUN, `--out=${out}`]);
    const seconds = (performance.now() - startMs) / 1_000;
    const found = readdirSync(join(out, 'findings')).filter((name) =>
      name.startsWith('NoHangingTransaction'),
    );
    if (found.length === 0) throw new Error('the run left no finding of NoHangingTransaction');
    return seconds;
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
