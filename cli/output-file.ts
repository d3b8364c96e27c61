/** Files that the user named, or that lie in a folder which the user named: whole or not at all. */

import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { UsageError } from './errors.ts';

export function writeWholeFile(path: string, content: string): void {
  const partial = `${path}.${process.pid}.partial`;
  try {
    writeFileSync(partial, content);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw error;
  }
}

/** Writes what `option` asked for; one that exists is replaced. */
export function writeOutput(option: string, path: string, content: string): void {
  try {
    writeWholeFile(path, content);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `${option}: expected a file that can be written, found "${path}": ${found}. Name another file.`,
      { cause },
    );
  }
}
