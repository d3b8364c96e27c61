import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { componentsWith } from '../impl/simulation/overrides.ts';
import { CLAIMS } from '../properties/claims/all-claims.ts';
import { JudgedHistory } from '../properties/claims/judged-history.ts';
import { runScenario } from '../properties/scenarios/run-scenario.ts';
import { readScenario } from '../reports/evidence/read.ts';
import type { TransactionVersion } from '../protocol/transaction-version.ts';

/** The example of FORMATS.md, as a reader would copy it. */
function example(): string {
  const page = readFileSync(new URL('./FORMATS.md', import.meta.url), 'utf8');
  return /```json\n([\s\S]+?)```/.exec(page)![1]!;
}

function violated(transactionVersion: TransactionVersion): readonly string[] {
  const { value } = readScenario(example(), 'FORMATS.md');
  const { history, taken } = runScenario(
    { ...value, transactionVersion },
    { components: componentsWith({}), trace: false, coordinatorObserver: null },
  );
  expect(taken).not.toContain(false);
  const judged = JudgedHistory.of(history, CLAIMS);
  return CLAIMS.filter((claim) => judged.violationOf(claim) !== null).map(({ name }) => name);
}

test('the scenario of FORMATS.md shows what the page says', () => {
  expect(violated(1)).toContain('NoAbortedRead');
  expect(violated(2)).toEqual([]);
});
