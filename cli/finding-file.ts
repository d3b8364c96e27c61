/** Reads a finding that the user named. */

import { readFileSync } from 'node:fs';
import type { Finding } from '../reports/evidence/finding.ts';
import { readFinding } from '../reports/evidence/read.ts';
import { UsageError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/** Warnings go to stderr. */
export function loadFinding(path: string, terminal: Terminal): Finding {
  const { value, warnings } = readFinding(readText(path), path);
  for (const warning of warnings) terminal.err(`warning: ${warning}\n`);
  return value;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(
      `Expected a finding's file, found "${path}": ${found}. Runs leave findings in .onceproof/findings.`,
      { cause },
    );
  }
}
