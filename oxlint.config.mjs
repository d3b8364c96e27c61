/**
 * The linter's rules. Two tables decide what may depend on what: `LAYERS` (import direction) and `PURE_FOLDERS`
 * (no clock, no chance, no process). docs/ARCHITECTURE.md prints the first one and a test compares them.
 */

/**
 * A folder with rules of its own. A nested row replaces its parent's. A folder may always import itself; a row
 * covers its subfolders except those with a row of their own.
 *
 * @typedef {object} Layer
 * @property {string} folder
 * @property {readonly string[]} folders other rows, or single files, that it may import
 * @property {readonly string[]} packages npm packages, or `node:*`
 */

const SOURCES = [
  'protocol',
  'model',
  'model/checker',
  'impl',
  'impl/simulation',
  'reports',
  'reports/evidence',
  'reports/page',
  'properties',
  'properties/history',
  'properties/claims',
];

/** @type {readonly Layer[]} */
export const LAYERS = [
  { folder: 'protocol', folders: [], packages: [] },
  { folder: 'model', folders: ['protocol', 'model/checker'], packages: ['xstate'] },
  { folder: 'model/checker', folders: [], packages: ['xstate'] },
  { folder: 'impl', folders: ['protocol'], packages: [] },
  {
    folder: 'impl/simulation',
    folders: ['protocol', 'impl'],
    packages: [],
  },
  { folder: 'reports/evidence', folders: ['protocol'], packages: ['zod'] },
  // The hashes of a page's Content-Security-Policy, and compression: functions of their input like all the rest.
  { folder: 'reports/page', folders: [], packages: ['node:crypto', 'node:zlib'] },
  { folder: 'reports', folders: ['protocol', 'reports/evidence', 'reports/page'], packages: [] },
  { folder: 'properties/history', folders: ['protocol', 'reports/evidence'], packages: [] },
  {
    folder: 'properties/claims',
    folders: ['protocol', 'properties/history', 'reports/evidence', 'properties/claim-names.ts'],
    packages: [],
  },
  {
    folder: 'properties',
    folders: [
      ...SOURCES.filter((folder) => folder !== 'reports' && folder !== 'reports/page'),
      'reports/walk/walk-document.ts',
    ],
    packages: ['fast-check', 'xstate', 'zod', 'node:*'],
  },
  {
    folder: 'properties/suite',
    folders: ['properties', 'reports', 'reports/evidence'],
    packages: ['vitest'],
  },
  { folder: 'examples', folders: [], packages: ['onceproof', 'xstate'] },
  { folder: 'bench', folders: [...SOURCES, 'examples'], packages: ['fast-check', 'node:*'] },
  { folder: 'cli', folders: [...SOURCES, 'examples'], packages: ['commander', 'node:*'] },
  {
    folder: 'docs',
    folders: [...SOURCES, 'examples', 'cli', 'oxlint.config.mjs'],
    packages: [
      '@hpcc-js/wasm-graphviz',
      'axe-core',
      'esbuild',
      'playwright-core',
      'xstate',
      'zod',
      'node:*',
    ],
  },
];

/** A test beside a file may import what the file may, and these. */
const TEST_PACKAGES = ['vitest', 'fast-check', 'ctrf', 'saxes', 'node:*'];

/** Same input, same output: nothing here may read the outside world. */
const PURE_FOLDERS = [
  'protocol',
  'model',
  'impl',
  'reports',
  'properties/history',
  'properties/claims',
  'properties/refinement',
  'properties/mutants',
];

const OUTSIDE_WORLD = [
  'Date',
  'process',
  'console',
  'performance',
  'crypto',
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'fetch',
];

/** Deepest subfolder below a row. An import path is relative, so the rule is written out for each depth. */
const DEPTHS = [0, 1, 2, 3];

/** @param {string} folder */
const isFile = (folder) => folder.includes('.');
/** @param {string} outer @param {string} inner */
const isInside = (outer, inner) => inner.startsWith(`${outer}/`);

/**
 * How a file, `depth` subfolders below `from`, names what lies in `to` (`..` never counts as lying in a folder).
 * @param {string} from @param {number} depth @param {string} to
 */
function specifiers(from, depth, to) {
  const here = from.split('/');
  const there = to.split('/');
  let common = 0;
  while (common < here.length && here[common] === there[common]) common += 1;
  const ups = depth + here.length - common;
  const path = (ups === 0 ? './' : '../'.repeat(ups)) + there.slice(common).join('/');
  if (isFile(to)) return [path];
  const inside = path.endsWith('/') ? path : `${path}/`;
  return [`${inside}[!.]*`, `${inside}[!.]*/**`];
}

/** @param {number} depth */
function ownSpecifiers(depth) {
  const upwards = Array.from({ length: depth }, (_, index) => '../'.repeat(index + 1));
  return ['./', ...upwards].flatMap((up) => [`${up}[!.]*`, `${up}[!.]*/**`]);
}

/**
 * A list in gitignore's language, in which the last match wins: everything is forbidden, then what a row names
 * is allowed, outer folders first, each without its rows of their own unless they are named too.
 * @param {Layer} layer @param {number} depth @param {readonly string[]} packages
 */
function importPatterns(layer, depth, packages) {
  const allowed = [layer.folder, ...layer.folders];
  const nested = LAYERS.map((row) => row.folder);
  const group = ['**', ...packages.flatMap((name) => [`!${name}`, `!${name}/**`])];
  for (const folder of allowed.toSorted((a, b) => a.split('/').length - b.split('/').length)) {
    const paths =
      folder === layer.folder ? ownSpecifiers(depth) : specifiers(layer.folder, depth, folder);
    group.push(...paths.map((path) => `!${path}`));
    const forbidden = nested.filter((row) => isInside(folder, row) && !allowed.includes(row));
    group.push(...forbidden.flatMap((row) => specifiers(layer.folder, depth, row)));
  }
  return group;
}

/** @param {Layer} layer @param {number} depth @param {boolean} tests */
function importOverride(layer, depth, tests) {
  const packages = tests ? [...layer.packages, ...TEST_PACKAGES] : layer.packages;
  const may = [...layer.folders, ...packages].join(', ') || 'nothing';
  const message = `${layer.folder}/ may import ${may} (the table in oxlint.config.mjs).`;
  const group = importPatterns(layer, depth, packages);
  return {
    files: [`${layer.folder}/${'*/'.repeat(depth)}*.${tests ? 'test.ts' : 'ts'}`],
    rules: { 'no-restricted-imports': ['error', { patterns: [{ group, message }] }] },
  };
}

const outerFirst = LAYERS.toSorted(
  (a, b) => a.folder.split('/').length - b.folder.split('/').length,
);
const importOverrides = outerFirst.flatMap((layer) =>
  DEPTHS.flatMap((depth) => [
    importOverride(layer, depth, false),
    importOverride(layer, depth, true),
  ]),
);

export default {
  plugins: ['eslint', 'typescript', 'unicorn', 'oxc', 'import', 'vitest'],
  categories: { correctness: 'error' },
  options: { reportUnusedDisableDirectives: 'error' },
  rules: {
    // Tables decide by row, helpers assert: neither is seen by these rules.
    'vitest/no-conditional-expect': 'off',
    'vitest/expect-expect': 'off',
    'vitest/valid-expect': ['error', { maxArgs: 2 }],
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    'max-lines': ['error', { max: 400 }],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    eqeqeq: 'error',
    'no-console': 'error',
    'no-eval': 'error',
    'no-var': 'error',
    'prefer-const': 'error',
    'import/no-default-export': 'error',
    'import/no-cycle': 'error',
    'import/no-mutable-exports': 'error',
    'import/no-self-import': 'error',
    'oxc/no-barrel-file': ['error', { threshold: 0 }],
    'typescript/no-explicit-any': 'error',
    'typescript/no-namespace': 'error',
    'typescript/no-require-imports': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: true },
    ],
  },
  overrides: [
    ...importOverrides,
    { files: ['protocol/**/*.ts'], rules: { 'max-params': ['error', { max: 1 }] } },
    {
      files: PURE_FOLDERS.map((folder) => `${folder}/**/*.ts`),
      excludeFiles: ['**/*.test.ts'],
      rules: {
        'no-restricted-globals': ['error', ...OUTSIDE_WORLD],
        'no-restricted-properties': [
          'error',
          { object: 'Math', property: 'random', message: 'Chance comes from the seed.' },
        ],
      },
    },
    // `describe` takes its whole table as one function.
    {
      files: ['**/*.test.ts'],
      rules: { 'max-lines-per-function': 'off', 'typescript/unbound-method': 'off' },
    },
    { files: ['*.config.ts', '*.config.mjs'], rules: { 'import/no-default-export': 'off' } },
  ],
  ignorePatterns: ['dist', 'node_modules', 'coverage'],
};
