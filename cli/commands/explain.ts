/** `explain NAME`: what a claim, clause, mutant, fault, scenario or permitted anomaly is, and where it comes from. */

import type { Command } from 'commander';
import { CATALOGUE, type CatalogueEntry } from '../../properties/catalogue.ts';
import { REFINEMENT } from '../../properties/campaign/judge.ts';
import { CLAUSES } from '../../properties/clauses/clauses.ts';
import type { Mutant } from '../../properties/mutants/mutant.ts';
import { MUTANTS } from '../../properties/mutants/mutants.ts';
import { PERMITTED_ANOMALIES } from '../../properties/permitted-anomalies.ts';
import { corpusScenarios } from '../../properties/scenarios/corpus.ts';
import { FAULT_KINDS } from '../../reports/evidence/scenario.ts';
import { wrap } from '../../reports/terminal/wrap.ts';
import { clauseFacts, type Fact } from '../clause-page.ts';
import type { CommandContext } from '../command-context.ts';
import { FAULT_DESCRIPTIONS } from '../fault-descriptions.ts';
import { parseName } from '../option-values.ts';
import type { Terminal } from '../terminal.ts';

/** What it is, and labelled facts. */
interface Page {
  readonly title: string;
  readonly facts: readonly Fact[];
}

export function addExplainCommand(program: Command, { terminal }: CommandContext): void {
  program
    .command('explain')
    .description('explain a claim, clause, mutant, fault, scenario or permitted anomaly')
    .argument('<name>', 'see `list` and `clauses`')
    .action((name: string) => {
      const pages = allPages();
      const page = pages.get(
        parseName(
          'name',
          name,
          [...pages.keys()],
          'a name that `onceproof list` or `onceproof clauses` prints',
        ),
      );
      if (page !== undefined) terminal.out(render(page, terminal));
    });
}

function allPages(): ReadonlyMap<string, Page> {
  return new Map<string, Page>([
    ...CATALOGUE.map((entry) => [entry.claim.name, claimPage(entry)] as const),
    ...CLAUSES.map(
      (clause) =>
        [clause.id, { title: `clause ${clause.id}`, facts: clauseFacts(clause) }] as const,
    ),
    [REFINEMENT, REFINEMENT_PAGE],
    ...MUTANTS.map((mutant) => [mutant.id, mutantPage(mutant)] as const),
    ...FAULT_KINDS.map(
      (kind) =>
        [kind, { title: `fault ${kind}`, facts: [['What', FAULT_DESCRIPTIONS[kind]]] }] as const,
    ),
    ...PERMITTED_ANOMALIES.map(
      ({ name, statement, source, explains }) =>
        [
          name,
          {
            title: `permitted anomaly ${name}`,
            facts: [
              ['What', statement],
              ['Source', source],
              ['Can break', explains.join(', ')],
            ],
          },
        ] as const,
    ),
    ...corpusScenarios().map(
      ({ name = '', description = '' }) =>
        [name, { title: `scenario ${name}`, facts: [['What', description]] }] as const,
    ),
  ]);
}

function claimPage({ claim, mutants, checkedBy }: CatalogueEntry): Page {
  const { name, statement, source, witness } = claim;
  return {
    title: `claim ${name}`,
    facts: [
      ['Claims', statement],
      ['Source', source],
      [
        'Witness',
        `${witness.situation}. A run that never reached this proves nothing; then ${witness.advice}.`,
      ],
      ['Mutants', `it can kill ${mutants.map(({ id }) => id).join(', ')}`],
      ['Checked by', checkedBy.map((command) => `npx onceproof ${command} ${name}`).join('; ')],
    ],
  };
}

function mutantPage(mutant: Mutant): Page {
  return {
    title: `mutant ${mutant.id} ${mutant.name}`,
    facts: [
      ['Change', mutant.change],
      ['Breaks', mutant.source],
      [
        'Shows',
        `under transaction version ${mutant.transactionVersions.join(', ')}, in schedules with at least ${mutant.minFaults === 1 ? '1 fault' : `${mutant.minFaults} faults`}`,
      ],
      ['Killed by', mutant.killedBy.join(', ')],
      ['Try', `npx onceproof run ${mutantOptions(mutant)}`],
    ],
  };
}

function mutantOptions({ id, transactionVersions, partitionVerification }: Mutant): string {
  const verification = partitionVerification === false ? ' --partition-verification off' : '';
  return `--mutant ${id} --transaction-version ${transactionVersions.at(-1)}${verification}`;
}

const REFINEMENT_PAGE: Page = {
  title: REFINEMENT,
  facts: [
    [
      'Says',
      'After every step the reference coordinator is in a state, has appended what, and has answered what the model allows.',
    ],
    ['Source', 'docs/REFINEMENT.md'],
    ['Checked by', 'npx onceproof run, in every scenario; mutants are judged by the claims alone'],
  ],
};

const LABEL = 12;

function render({ title, facts }: Page, { columns, outStyle }: Terminal): string {
  const lines = facts.flatMap(([label, text]) =>
    wrap(text, Math.max(columns - LABEL, 40)).map(
      (line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`,
    ),
  );
  return `${[outStyle.bold(title), ...lines].join('\n')}\n`;
}
