/**
 * How the tests run. Files that start no process and write no file share a worker each; `docs` runs the command line
 * and the linter as a user would, so it needs a build and more time.
 */

import { defineConfig } from 'vitest/config';

const PARTS = ['protocol', 'model', 'impl', 'properties', 'reports', 'cli', 'bench', 'examples'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: PARTS.map((part) => `${part}/**/*.test.ts`),
          exclude: ['properties/campaign/**', 'properties/mutants/**', 'cli/command-line.test.ts'],
          pool: 'threads',
          isolate: false,
          // Properties run for seconds, and longer beside others on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['properties/campaign/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
        },
      },
      {
        test: {
          // Runs whose violation is expected.
          name: 'counterexamples',
          include: ['properties/mutants/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'docs',
          include: ['cli/command-line.test.ts', 'docs/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 120_000,
          globalSetup: './docs/build.global-setup.ts',
        },
      },
    ],
  },
});
