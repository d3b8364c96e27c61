/** `list claims|mutants|scenarios|scopes|faults`: what there is, a line each. */

import type { Command } from 'commander';
import { boundsOf, SCOPES } from '../../model/scopes.ts';
import { CATALOGUE } from '../../properties/catalogue.ts';
import { MUTANTS } from '../../properties/mutants/mutants.ts';
import { corpusScenarios } from '../../properties/scenarios/corpus.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { wrap } from '../../reports/terminal/wrap.ts';
import type { CommandContext } from '../command-context.ts';
import { FAULT_DESCRIPTIONS } from '../fault-descriptions.ts';
import { parseName } from '../option-values.ts';
import type { Terminal } from '../terminal.ts';

type Entry = readonly [name: string, description: string];

const LISTS = {
  claims: () => CATALOGUE.map(({ claim }): Entry => [claim.name, claim.statement]),
  mutants: () => MUTANTS.map(({ id, name, change }): Entry => [id, `${name}: ${change}`]),
  scenarios: () =>
    corpusScenarios().map(({ name = '', description = '' }): Entry => [name, description]),
  scopes: () => Object.entries(SCOPES).map(([name, scope]): Entry => [name, boundsOf(scope)]),
  faults: () => FAULT_KINDS.map((kind): Entry => [kind, FAULT_DESCRIPTIONS[kind]]),
};
type ListName = keyof typeof LISTS;
const LIST_NAMES = Object.keys(LISTS) as ListName[];

export function addListCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('list')
    .description(`list ${LIST_NAMES.join(', ')}`)
    .argument('<what>', LIST_NAMES.join(', '))
    .action((what: string) => {
      terminal.out(table(LISTS[parseName('list', what, LIST_NAMES)](), terminal));
    });
}

function table(entries: readonly Entry[], { columns, outStyle }: Terminal): string {
  const width = Math.max(...entries.map(([name]) => name.length)) + 2;
  const lines = entries.flatMap(([name, description]) =>
    wrap(description, Math.max(columns - width, 30)).map((line, index) =>
      index === 0
        ? `${outStyle.bold(name)}${' '.repeat(width - name.length)}${line}`
        : `${' '.repeat(width)}${line}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}
