/** Where the command line writes, and what it may assume of the other end. */

import { ANSI, PLAIN, type Style } from '../reports/terminal/style.ts';

export interface Terminal {
  /** Results. */
  readonly out: (text: string) => void;
  /** Narration and errors. */
  readonly err: (text: string) => void;
  readonly columns: number;
  readonly outStyle: Style;
  readonly errStyle: Style;
  /** Whether one line on stderr can be drawn over and over. */
  readonly canRedraw: boolean;
}

const DEFAULT_COLUMNS = 100;

export function processTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns: stdout.columns ?? positive(env['COLUMNS']) ?? DEFAULT_COLUMNS,
    outStyle: usesColour(stdout.isTTY, env) ? ANSI : PLAIN,
    errStyle: usesColour(stderr.isTTY, env) ? ANSI : PLAIN,
    // Continuous integration often claims to be a terminal, and records every redrawing.
    canRedraw: stderr.isTTY && env['TERM'] !== 'dumb' && isUnset(env['CI']),
  };
}

/** NO_COLOR (no-color.org) wins over FORCE_COLOR, which wins over what the stream is. */
function usesColour(isTty: boolean, env: NodeJS.ProcessEnv): boolean {
  if (!isUnset(env['NO_COLOR'])) return false;
  if (!isUnset(env['FORCE_COLOR'])) return env['FORCE_COLOR'] !== '0';
  return isTty && env['TERM'] !== 'dumb';
}

function isUnset(value: string | undefined): boolean {
  return value === undefined || value === '';
}

function positive(text: string | undefined): number | null {
  const value = Number(text);
  return Number.isInteger(value) && value > 0 ? value : null;
}
