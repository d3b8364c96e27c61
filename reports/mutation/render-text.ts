/** The score of a suite for people: each mutant a row, survivors first among what matters. */

import type { MutantResult, MutationResult } from '../evidence/mutation.ts';
import { PLAIN, type Style } from '../terminal/style.ts';
import { wrap } from '../terminal/wrap.ts';

export interface MutationTextOptions {
  readonly columns: number;
  readonly style?: Style;
}

export function renderMutation(result: MutationResult, options: MutationTextOptions): string {
  const style = options.style ?? PLAIN;
  const columns = Math.max(options.columns, 60);
  const lines = [
    ...table(result.mutants, style),
    '',
    ...referenceLines(result, style),
    ...medians(result),
    score(result, style),
    ...survivors(result).flatMap((line) => wrap(line, columns)),
    `Seed ${result.seed}, at most ${result.scenariosPerMutant} generated scenarios a mutant, ${result.cpuSeconds.toFixed(1)} CPU s in all`,
  ];
  return `${lines.join('\n')}\n`;
}

/** One line, as progress shows it. */
export function mutantLine(mutant: MutantResult): string {
  switch (mutant.status) {
    case 'killed':
      return `${mutant.id} killed by ${mutant.claims.join(', ')} after ${mutant.scenarios} scenarios, ${mutant.steps} steps`;
    case 'survived':
      return `${mutant.id} SURVIVED ${mutant.scenarios} scenarios${mutant.gap === null ? '' : ', as is known'}`;
    case 'not-run':
      return `${mutant.id} was not run`;
  }
}

const COLUMNS = [
  ['id', 5],
  ['status', 10],
  ['TV', 4],
  ['scenarios', 11],
  ['CPU s', 7],
  ['steps', 11],
] as const;

function table(mutants: readonly MutantResult[], style: Style): string[] {
  const head = COLUMNS.map(([name, width]) => name.padEnd(width)).join('');
  return [
    style.dim(`${head}killed by / what was forgotten`),
    ...mutants.map((mutant) => row(mutant, style)),
  ];
}

function row(mutant: MutantResult, style: Style): string {
  const { steps, stepsGenerated } = mutant;
  const cells = [
    mutant.id,
    mutant.status,
    `${mutant.transactionVersion}${mutant.partitionVerification ? '' : '*'}`,
    String(mutant.scenarios),
    mutant.cpuSeconds.toFixed(1),
    steps === null ? '-' : `${stepsGenerated} > ${steps}`,
  ].map((text, index) => text.padEnd(COLUMNS[index]![1]));
  cells[1] = colourOf(mutant, style)(cells[1]!);
  const by = mutant.status === 'killed' ? mutant.claims : mutant.row;
  return `${cells.join('')}${by.join(', ')}: ${mutant.name}`;
}

function colourOf({ status }: MutantResult, style: Style): (text: string) => string {
  switch (status) {
    case 'killed':
      return style.green;
    case 'survived':
      return style.red;
    case 'not-run':
      return style.yellow;
  }
}

function referenceLines({ reference, mutants }: MutationResult, style: Style): string[] {
  const verificationOff = mutants.some(({ partitionVerification }) => !partitionVerification);
  const lines = reference.map(
    ({ transactionVersion, partitionVerification, scenarios, alarms }) => {
      const setting = `TV${transactionVersion}${partitionVerification ? '' : '*'}`;
      const found = alarms.length === 0 ? 'no alarm' : style.red(`alarms of ${alarms.join(', ')}`);
      return `The reference itself under ${setting}, same seed, ${scenarios} scenarios: ${found}`;
    },
  );
  return verificationOff ? [...lines, '* partition verification off'] : lines;
}

function medians({ mutants }: MutationResult): string[] {
  const steps = mutants.flatMap((mutant) => (mutant.steps === null ? [] : [mutant.steps]));
  if (steps.length === 0) return [];
  const sorted = steps.toSorted((left, right) => left - right);
  return [`Counterexamples: median ${sorted[sorted.length >> 1]} steps, longest ${sorted.at(-1)}`];
}

function score({ killed, total, partial }: MutationResult, style: Style): string {
  const colour = killed === total ? style.green : style.red;
  const rest = partial ? ' (partial: it ended before its time)' : '';
  return `${style.bold(colour(`${killed} of ${total} mutants killed`))} by the claims of their rows alone${rest}`;
}

function survivors({ mutants }: MutationResult): string[] {
  return mutants
    .filter(({ status }) => status === 'survived')
    .map(
      ({ id, name, row, gap }) =>
        `  - ${id} ${name} survived ${row.join(', ')}: ${gap ?? 'raise --scenarios, or the suite does not see this defect.'}`,
    );
}
