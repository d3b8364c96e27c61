/** `replay FILE`: runs a finding again, from the file and nothing else, and says whether it still shows the same. */

import type { Command } from 'commander';
import { replayFinding, type ReplayedRefinement } from '../../properties/campaign/replay.ts';
import type { Finding } from '../../reports/evidence/finding.ts';
import type { RunResult } from '../../reports/evidence/run-result.ts';
import { counterexample } from '../../reports/counterexample/document.ts';
import { TOOL } from '../../reports/evidence/tool.ts';
import { wrap } from '../../reports/terminal/wrap.ts';
import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../errors.ts';
import { exitCodeOf } from '../exit-codes.ts';
import { loadFinding } from '../finding-file.ts';
import type { Terminal } from '../terminal.ts';

export function addReplayCommand(program: Command, { terminal, exitWith }: CommandContext): void {
  program
    .command('replay')
    .description('run a finding again')
    .argument('<file>', 'a finding that `run` wrote')
    .action((file: string) => {
      const finding = loadFinding(file, terminal);
      const verdict = replay(finding, file, terminal);
      exitWith(exitCodeOf({ verdict, interrupted: false }));
    });
}

function replay(finding: Finding, file: string, terminal: Terminal): RunResult['verdict'] {
  const say = (text: string, bullet = ''): void => {
    const lines = wrap(text, Math.max(terminal.columns, 60) - bullet.length);
    const indent = ' '.repeat(bullet.length);
    terminal.out(lines.map((line, at) => `${at === 0 ? bullet : indent}${line}\n`).join(''));
  };
  const replayed = replayFinding(finding);
  switch (replayed.outcome) {
    case 'unknown-subject':
      throw new UsageError(
        `${file}: expected a finding about what this version has, found the ${replayed.what}. ` +
          'Use the version that wrote the file.',
      );
    case 'held':
      say(`Not reproduced: ${finding.claim} holds of this scenario ${since(finding)}.`);
      return 'inconclusive';
    case 'reproduced': {
      const { status, violation } = replayed.finding;
      if (status !== finding.status) {
        say(
          `Not reproduced: ${finding.claim} is ${status} ${since(finding)}, it was ${finding.status}.`,
        );
        return 'inconclusive';
      }
      const course = replayed.sameTrace ? 'event for event' : 'by another course of events';
      say(`Reproduced, ${course}: ${finding.claim} ${status}. ${violation.message}`);
      const { why } = counterexample(replayed.finding);
      for (const [index, statement] of why.entries()) say(statement, `  ${index + 1}. `);
      say(refinementOf(replayed.refinement));
      say(`To see it: npx onceproof inspect ${file}`);
      return status === 'violated' ? 'violated' : 'holds';
    }
  }
}

/** Which of the two it is says where to look: in the reference or mutant, or in the protocol that it follows. */
function refinementOf({ steps, disagreement }: ReplayedRefinement): string {
  return disagreement === null
    ? `The specification allows each of the ${steps} steps of its coordinators, leaders and producers.`
    : `The specification does not allow it: ${disagreement}.`;
}

function since(finding: Finding): string {
  return finding.tool.version === TOOL.version
    ? 'on this run'
    : `since version ${finding.tool.version}`;
}
