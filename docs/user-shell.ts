/**
 * A shell in an empty folder where `npx onceproof` is the built package, as for a user who has just installed it: what
 * an earlier run left elsewhere must not show. The commands of the guides run in it.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

export class UserShell {
  readonly folder = mkdtempSync(join(tmpdir(), 'onceproof-'));

  constructor() {
    const npx = join(this.folder, 'npx');
    writeFileSync(npx, `#!/bin/sh\nshift\nexec "${process.execPath}" "${MAIN}" "$@"\n`);
    chmodSync(npx, 0o755);
    // Where npm puts the package's examples, and where a clone has them.
    const installed = join(this.folder, 'node_modules', 'onceproof');
    mkdirSync(installed, { recursive: true });
    for (const folder of [installed, this.folder]) {
      symlinkSync(join(ROOT, 'examples'), join(folder, 'examples'));
    }
  }

  run(command: string): {
    readonly out: string;
    readonly err: string;
    readonly code: number | null;
  } {
    const path = `${this.folder}${delimiter}${process.env['PATH']}`;
    const ended = spawnSync('sh', ['-c', command], {
      cwd: this.folder,
      encoding: 'utf8',
      env: { PATH: path, COLUMNS: '100' },
      maxBuffer: 1 << 26,
    });
    return { out: ended.stdout, err: ended.stderr, code: ended.status };
  }

  close(): void {
    rmSync(this.folder, { recursive: true });
  }
}
