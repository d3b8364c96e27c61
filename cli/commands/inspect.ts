/** `inspect FILE`: a finding as lanes in the terminal, or as a page, a test, a diagram or a log. */

import type { Command } from 'commander';
import { counterexample } from '../../reports/counterexample/document.ts';
import { renderCounterexample } from '../../reports/counterexample/render-text.ts';
import type { CommandContext } from '../command-context.ts';
import { writeCounterexample, type InspectFlags } from '../counterexample-files.ts';
import { loadFinding } from '../finding-file.ts';

export function addInspectCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('inspect')
    .description('show a finding: who sent what, what went wrong, and why the claim fails')
    .argument('<file>', 'a finding that `run` wrote')
    .option('--all', 'everything that happened, not only what the offending events could depend on')
    .option('--html <file>', 'write a page to step through it; one file, needs no network')
    .option('--vitest <file>', 'write a test that fails while the claim does')
    .option('--mermaid [file]', 'a sequence diagram for Mermaid, to standard output or a file')
    .option('--shiviz [file]', 'a log with vector clocks for ShiViz, to standard output or a file')
    .action((file: string, flags: InspectFlags) => {
      const finding = loadFinding(file, terminal);
      if (writeCounterexample(finding, file, flags, terminal)) return;
      const all = flags.all ?? false;
      const { columns, outStyle: style } = terminal;
      terminal.out(renderCounterexample(counterexample(finding), { columns, all, file, style }));
    });
}
