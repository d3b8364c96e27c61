/** The linter's import table: it is what ARCHITECTURE prints, covers every folder, and catches what is planted. */

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { LAYERS } from '../oxlint.config.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

interface Diagnostics {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly labels: readonly { readonly span: { readonly line: number } }[];
  }[];
}

/** `file:line` of what a rule reports, in a scratch project that has these files only. */
function lint(rule: string, files: Readonly<Record<string, readonly string[]>>): string[] {
  const scratch = mkdtempSync(join(tmpdir(), 'onceproof-lint-'));
  try {
    cpSync(join(ROOT, 'oxlint.config.mjs'), join(scratch, 'oxlint.config.mjs'));
    for (const [path, lines] of Object.entries(files)) {
      mkdirSync(join(scratch, dirname(path)), { recursive: true });
      writeFileSync(join(scratch, path), lines.join('\n'));
    }
    return report(scratch)
      .diagnostics.filter(({ code }) => code.includes(`(${rule})`))
      .map(({ filename, labels }) => `${filename}:${labels[0]?.span.line}`)
      .toSorted();
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** The linter ends with an error when it finds something. */
function report(folder: string): Diagnostics {
  const oxlint = join(ROOT, 'node_modules', '.bin', 'oxlint');
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 26 } as const;
  try {
    return JSON.parse(
      execFileSync(oxlint, ['-c', 'oxlint.config.mjs', '-f', 'json'], options),
    ) as Diagnostics;
  } catch (error) {
    return JSON.parse((error as { stdout: string }).stdout) as Diagnostics;
  }
}

const isFile = (folder: string): boolean => folder.includes('.');

/** Of a file: the folder whose row speaks for it. */
function rowOf(target: string): string | undefined {
  return LAYERS.map(({ folder }) => folder)
    .filter((folder) => isFile(target) && target.startsWith(`${folder}/`))
    .toSorted((a, b) => b.length - a.length)[0];
}

/** As editors write it: the shortest relative path. */
function importLine(path: string, to: string, index: number): string {
  const shortest = relative(dirname(path), isFile(to) ? to : `${to}/ids.ts`);
  const specifier = shortest.startsWith('.') ? shortest : `./${shortest}`;
  return `export { name${index} } from '${specifier}';`;
}

describe('import direction', () => {
  const folders = LAYERS.map((layer) => layer.folder);
  const files = LAYERS.flatMap((layer) => layer.folders).filter(isFile);
  const targets = [...folders, ...files];

  test.each([0, 1, 2])(
    'every pair of folders, %d subfolders down, is judged as the table says',
    (depth) => {
      const sources: Record<string, string[]> = {};
      const forbidden: string[] = [];
      for (const { folder, folders: allowed } of LAYERS) {
        const path = `${folder}/${'below/'.repeat(depth)}planted.ts`;
        const others = targets.filter((target) => target !== folder);
        sources[path] = others.map((target, index) => importLine(path, target, index));
        for (const [index, target] of others.entries()) {
          const isAllowed =
            allowed.includes(target) || [folder, ...allowed].includes(rowOf(target) ?? '');
          if (!isAllowed) forbidden.push(`${path}:${index + 1}`);
        }
      }
      expect(lint('no-restricted-imports', sources)).toEqual(forbidden.toSorted());
    },
  );

  test('packages and Node itself are allowed where the table names them', () => {
    const packages = [
      'xstate',
      'fast-check',
      'zod',
      'commander',
      'vitest',
      'node:fs',
      'fs',
      'left-pad',
    ];
    const sources: Record<string, string[]> = {};
    const forbidden: string[] = [];
    for (const layer of LAYERS) {
      const path = `${layer.folder}/planted.ts`;
      sources[path] = packages.map((name, index) => `import { name${index} } from '${name}';`);
      for (const [index, name] of packages.entries()) {
        const allowed = layer.packages.includes(name.startsWith('node:') ? 'node:*' : name);
        if (!allowed) forbidden.push(`${path}:${index + 1}`);
      }
    }
    expect(lint('no-restricted-imports', sources)).toEqual(forbidden.toSorted());
  });

  test('every folder that exists has a row, and every row has its folder', () => {
    const tracked = execFileSync('git', ['ls-files', '*.ts'], { cwd: ROOT, encoding: 'utf8' });
    const top = new Set(
      tracked
        .split('\n')
        .filter((path) => path.includes('/'))
        .map((path) => path.split('/')[0]),
    );
    const rows = new Set(folders.map((folder) => folder.split('/')[0]));
    expect([...top].filter((folder) => !rows.has(folder))).toEqual([]);
    expect(folders.filter((folder) => !existsSync(join(ROOT, folder)))).toEqual([]);
  });

  test('docs/ARCHITECTURE.md prints the same table', async () => {
    const rows = LAYERS.map(({ folder, folders: allowed, packages }) => {
      const may = [...allowed, ...packages].map((name) => `\`${name}\``).join(', ');
      return `| \`${folder}/\` | ${may || 'nothing'} |\n`;
    });
    const text = readFileSync(join(ROOT, 'docs', 'ARCHITECTURE.md'), 'utf8');
    const table = /(\| folder \| may import \|\n\|---\|---\|\n)(?:\|.*\n)+/;
    const printed = text.replace(table, (_, head: string) => `${head}${rows.join('')}`);
    await expect(printed).toMatchFileSnapshot('ARCHITECTURE.md');
  });
});

describe('no clock, no chance, no process', () => {
  const impure = [
    'export const now = Date.now();',
    'export const chance = Math.random();',
    'export const environment = process.env;',
    'setTimeout(() => undefined, 1);',
  ];

  test.each(['protocol', 'model', 'impl', 'properties/history', 'properties/claims', 'reports'])(
    'in %s',
    (folder) => {
      const path = `${folder}/planted.ts`;
      const found = ['no-restricted-globals', 'no-restricted-properties'].flatMap((rule) =>
        lint(rule, { [path]: impure }),
      );
      expect(found.toSorted()).toEqual([1, 2, 3, 4].map((line) => `${path}:${line}`));
    },
  );
});

test('a function of protocol/ takes at most one argument: a decision needs two', () => {
  const found = lint('max-params', {
    'protocol/planted.ts': ['export function later(a: number, b: number) { return a > b; }'],
    'impl/planted.ts': ['export function later(a: number, b: number) { return a > b; }'],
  });
  expect(found).toEqual(['protocol/planted.ts:1']);
});
