/**
 * Executes the commands of a Markdown text and puts in what they print. In a `console` block a line that begins with
 * `$ ` is a command and the lines after it are its standard output. A comment before the block selects what is shown, as
 * in `<!-- show 1-3, /^Why/-/contradiction/ -->`: ranges of lines, by number or by the first match; `...` stands for the
 * rest. `<!-- show nothing -->` runs a command for what it leaves behind.
 */

import type { UserShell } from './user-shell.ts';

/** What stands between the fences, with the selection before them. */
const CONSOLE = /(?:<!-- show (.*?) -->\n)?```console\n([\s\S]*?)```/g;

/** A command of a text ended in a usage or internal error. */
export class BrokenCommandError extends Error {
  readonly code = 'BROKEN_COMMAND';
}

/** The text as it should read. */
export function executed(markdown: string, shell: UserShell): string {
  return markdown.replaceAll(CONSOLE, (whole, selection: string | undefined, block: string) =>
    whole.replace(block, () => executedBlock(block, selection, shell)),
  );
}

function executedBlock(block: string, selection: string | undefined, shell: UserShell): string {
  const commands = block.split('\n').filter((line) => line.startsWith('$ '));
  return commands
    .map((command) => {
      const { out, err, code } = shell.run(command.slice(2));
      if (code === null || code >= 3) {
        throw new BrokenCommandError(
          `expected a command that a reader can run, found ${command} ending with ${code}: ${err}`,
        );
      }
      return `${command}\n${selection === undefined ? out : select(out, selection)}`;
    })
    .join('');
}

function select(out: string, selection: string): string {
  if (selection === 'nothing') return '';
  const lines = out.trimEnd().split('\n');
  const shown: string[] = [];
  let next = 0;
  for (const range of selection.split(', ')) {
    const [first = '', last = first] = range.split(/(?<=\/|\d)-(?=\/|\d)/);
    const from = position(lines, first, next);
    const to = from === -1 ? -1 : position(lines, last, from);
    // A range that is not there shows nothing; whoever updates the README sees it in the diff.
    if (to === -1) continue;
    if (from > next) shown.push('...');
    next = to + 1;
    shown.push(...lines.slice(from, next));
  }
  if (next < lines.length) shown.push('...');
  return `${shown.join('\n')}\n`;
}

/** From 0, or -1. A pattern is looked for from `start` on. */
function position(lines: readonly string[], where: string, start: number): number {
  if (!where.startsWith('/')) return Number(where) - 1;
  const pattern = new RegExp(where.slice(1, -1));
  return lines.findIndex((line, index) => index >= start && pattern.test(line));
}
