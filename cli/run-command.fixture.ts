/** A command as a user runs it, without a process: what it says, and its exit code. */

import { PLAIN } from '../reports/terminal/style.ts';
import type { ExitCode } from './exit-codes.ts';
import { runCommandLine } from './program.ts';

export interface Ran {
  readonly code: ExitCode;
  readonly out: string;
  readonly err: string;
}

export async function runCommand(words: readonly string[], columns = 100): Promise<Ran> {
  let [out, err] = ['', ''];
  const code = await runCommandLine(words, {
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    columns,
    outStyle: PLAIN,
    errStyle: PLAIN,
    canRedraw: false,
  });
  return { code, out, err };
}
