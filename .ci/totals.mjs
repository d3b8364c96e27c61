/**
 * Adds up the test runner's JSON reports and prints one plain line. A project without a readable report, or with a
 * file that could not even be collected, counts as one failure: what did not run has not passed.
 */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const [folder = '', ...projects] = process.argv.slice(2);
const total = { passed: 0, failed: 0, skipped: 0 };

for (const project of projects) {
  try {
    const text = readFileSync(join(folder, `${project}.json`), 'utf8');
    const report = /** @type {import('vitest/node').JsonTestResults} */ (JSON.parse(text));
    total.passed += report.numPassedTests;
    total.failed += report.numFailedTests;
    total.skipped += report.numPendingTests + report.numTodoTests;
    const uncollected = report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.length === 0,
    );
    total.failed += uncollected.length;
  } catch {
    total.failed += 1;
  }
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
process.stdout.write(`${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
