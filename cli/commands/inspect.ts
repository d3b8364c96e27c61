/** `inspect FILE`: a finding as lanes in the terminal. */

import type { Command } from 'commander';
import { counterexample } from '../../reports/counterexample/document.ts';
import { renderCounterexample } from '../../reports/counterexample/render-text.ts';
import type { CommandContext } from '../command-context.ts';
import { loadFinding } from '../finding-file.ts';

export function addInspectCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('inspect')
    .description('show a finding: who sent what, what went wrong, and why the claim fails')
    .argument('<file>', 'a finding that `run` wrote')
    .option('--all', 'everything that happened, not only what the offending events could depend on')
    .action((file: string, options: { all?: boolean }) => {
      const document = counterexample(loadFinding(file, terminal));
      const all = options.all ?? false;
      const { columns, outStyle: style } = terminal;
      terminal.out(renderCounterexample(document, { columns, all, file, style }));
    });
}
