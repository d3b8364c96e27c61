/** What `explain` says of a clause: the requirement, its source, and how it is checked, step by step. */

import { AREAS, areaOf, type Clause } from '../properties/clauses/clause.ts';
import { scriptLines, type DirectedTest } from '../properties/clauses/directed-test.ts';
import { KIPS } from '../properties/clauses/kips.ts';

export type Fact = readonly [label: string, text: string];

export function clauseFacts(clause: Clause): readonly Fact[] {
  const { id, level, requirement, kips, kafka, claims, tests, transactionVersions } = clause;
  return [
    ['Requires', requirement],
    ['Level', level],
    ['Area', AREAS[areaOf(id)]],
    ...kips.map((kip): Fact => ['Source', `${kip} ${KIPS[kip].title}, ${KIPS[kip].link}`]),
    ...(kafka === null ? [] : [['Kafka', kafka] as const]),
    ...(transactionVersions === undefined
      ? []
      : [['Applies', `transaction version ${transactionVersions.join(', ')}`] as const]),
    ...(claims.length === 0
      ? []
      : [['Judged by', `${claims.join(', ')}: npx onceproof run ${claims.join(' ')}`] as const]),
    ...tests.flatMap(testFacts),
    ...(tests.length === 0
      ? []
      : [['Try', `npx onceproof clauses ${id} --check${versionOption(clause)}`] as const]),
  ];
}

function testFacts(test: DirectedTest): readonly Fact[] {
  const versions =
    test.transactionVersions === undefined
      ? ''
      : `, under transaction version ${test.transactionVersions.join(', ')}`;
  return [
    ['Asked', `${test.name}, of the ${test.component}${versions}`],
    ...scriptLines(test).map((line): Fact => ['', line]),
  ];
}

/** The default of `clauses --check` is 2. */
function versionOption({ transactionVersions }: Clause): string {
  if (transactionVersions === undefined || transactionVersions.includes(2)) return '';
  return ` --transaction-version ${transactionVersions.at(-1)}`;
}
