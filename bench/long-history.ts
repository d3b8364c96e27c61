/** A history of two gigabytes, judged by the command itself: whether Node's default heap is enough, and what it takes. */

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getHeapStatistics } from 'node:v8';
import { writeHistory } from './history-file.ts';

const HISTORIES = [
  { operations: 6_200_000, attempts: false },
  { operations: 3_900_000, attempts: true },
] as const;
const COMMAND = fileURLToPath(new URL('../cli/main.js', import.meta.url));
/** Makes the command say, as the last line of its errors, what it took. */
const REPORT_USAGE = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\n'+JSON.stringify(process.resourceUsage())))`;

export function benchLongHistory(print: (line: string) => void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'onceproof-'));
  const file = join(folder, 'history.jsonl');
  const limit = Math.round(getHeapStatistics().heap_size_limit / 2 ** 20);
  print(`onceproof judge of a long history, in the ${limit} MB that Node gives by default:\n`);
  print('| calls | wire attempts | GB | exit code | verdict | CPU s | largest memory, MB |');
  print('| --- | --- | --- | --- | --- | --- | --- |');
  try {
    for (const { operations, attempts } of HISTORIES) {
      writeHistory(file, operations, attempts);
      const gigabytes = (statSync(file).size / 1e9).toFixed(2);
      const ran = spawnSync(
        process.execPath,
        ['--import', REPORT_USAGE, COMMAND, 'judge', '--json', file],
        { encoding: 'utf8' },
      );
      const lines = ran.stderr.trimEnd().split('\n');
      const usage = JSON.parse(lines.at(-1)!) as NodeJS.ResourceUsage;
      const { verdict } = ran.status === 4 ? { verdict: lines.at(-2) } : verdictIn(ran.stdout);
      const cpu = (usage.userCPUTime / 1e6).toFixed(0);
      const memory = Math.round(usage.maxRSS / 1024);
      const cells = [
        operations,
        attempts ? 'yes' : 'no',
        gigabytes,
        ran.status,
        verdict,
        cpu,
        memory,
      ];
      print(`| ${cells.join(' | ')} |`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return Promise.resolve();
}

function verdictIn(text: string): { readonly verdict: string } {
  return JSON.parse(text) as { readonly verdict: string };
}
