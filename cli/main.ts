#!/usr/bin/env node
/** The command line's entry: everything that touches the process itself. */

import { runCommandLine } from './program.ts';
import { processTerminal } from './terminal.ts';

// Whoever reads our output may stop early (`onceproof inspect FILE | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
