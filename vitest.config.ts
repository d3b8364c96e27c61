/**
 * How the tests run, in projects named by method. Files that start no process and write no file share a worker each;
 * `docs` runs the command line and the linter as a user would, so it needs a build.
 */

import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Longer than any test needs, since a busy machine is no defect. */
const testTimeout = 300_000;

/** Files of the simulation project: whole runs. */
const SIMULATION = [
  'impl/simulation/**/*.test.ts',
  'properties/{campaign,scenarios,walk}/**/*.test.ts',
];
const MODEL = ['model/**/*.test.ts', 'examples/*.test.ts'];
const REFINEMENT = ['properties/refinement/**/*.test.ts'];
/** Runs whose violation is expected. */
const COUNTEREXAMPLES = ['properties/mutants/**/*.test.ts'];
/** The packed package in a project of its own; needs the registry, or npm's cache of what `npm ci` fetched. */
const PACKAGE = ['docs/packed-package.test.ts'];
/** What real brokers answered, replayed on the reference. */
const CONFORMANCE = ['properties/conformance/**/*.test.ts'];
/** Pages in a real browser, where there is one. */
const CHROMIUM = ['docs/chromium/**/*.test.ts'];
const DOCS = ['cli/{command-line,inspect-files}.test.ts', 'docs/**/*.test.ts'];

export default defineConfig({
  test: {
    // One fewer would leave a machine of two cores half idle.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [
            'node_modules/**',
            'dist/**',
            ...MODEL,
            ...REFINEMENT,
            ...SIMULATION,
            ...COUNTEREXAMPLES,
            ...CONFORMANCE,
            ...DOCS,
            'examples/**',
          ],
          pool: 'threads',
          isolate: false,
          testTimeout,
        },
      },
      {
        test: {
          name: 'model-checking',
          include: MODEL,
          // What examples import as users do, from the sources, so that nothing need be built.
          alias: {
            'onceproof/checker': fileURLToPath(
              new URL('model/checker/checker.ts', import.meta.url),
            ),
          },
          pool: 'threads',
          isolate: false,
          testTimeout,
        },
      },
      {
        test: {
          name: 'refinement',
          include: REFINEMENT,
          pool: 'threads',
          isolate: false,
          testTimeout,
        },
      },
      {
        test: { name: 'simulation', include: SIMULATION, pool: 'forks', testTimeout },
      },
      {
        test: { name: 'counterexamples', include: COUNTEREXAMPLES, pool: 'forks', testTimeout },
      },
      {
        test: { name: 'conformance', include: CONFORMANCE, pool: 'forks', testTimeout },
      },
      {
        test: {
          name: 'docs',
          include: DOCS,
          exclude: [...PACKAGE, ...CHROMIUM],
          pool: 'forks',
          testTimeout,
          globalSetup: './docs/build.global-setup.ts',
        },
      },
      {
        test: {
          name: 'package',
          include: PACKAGE,
          pool: 'forks',
          testTimeout,
          globalSetup: './docs/build.global-setup.ts',
        },
      },
      { test: { name: 'chromium', include: CHROMIUM, pool: 'forks', testTimeout } },
    ],
  },
});
