/** `walk`: a first transactional producer on the reference, call by call. */

import type { Command } from 'commander';
import { configuration, sellTwice, topics } from '../../examples/first-transaction.ts';
import { walk } from '../../properties/walk/walk.ts';
import { renderWalk } from '../../reports/walk/render-text.ts';
import type { CommandContext } from '../command-context.ts';
import { EXIT_CODES } from '../exit-codes.ts';
import { parseTransactionVersion } from '../run-options.ts';

interface WalkFlags {
  readonly transactionVersion?: string;
}

export function addWalkCommand(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('walk')
    .description('what the protocol does for a first transactional producer, call by call')
    .option('--transaction-version <version>', '0, 1 or 2 (default: 2)')
    .action(async (flags: WalkFlags) => {
      const transactionVersion = parseTransactionVersion(flags.transactionVersion);
      const walked = await walk({ transactionVersion, configuration, topics }, sellTwice);
      terminal.out(renderWalk(walked, { style: terminal.outStyle, columns: terminal.columns }));
      exitWith(EXIT_CODES.held);
    });
}
