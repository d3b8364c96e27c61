/** JUDGE.md prints what the command prints and what claims, rules and checks say. `npm run update-docs` writes it again. */

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCommandLine } from '../cli/program.ts';
import { CLAIMS } from '../properties/claims/all-claims.ts';
import { isFolded } from '../properties/claims/claim.ts';
import { ANOMALY_CHECKS } from '../properties/history/anomalies/all-anomalies.ts';
import { HISTORY_CONTENTS, type HistoryContent } from '../properties/history/contents.ts';
import { HISTORY_RULES } from '../properties/history/linter.ts';
import { PLAIN } from '../reports/terminal/style.ts';

const page = readFileSync(new URL('./JUDGE.md', import.meta.url), 'utf8');
const EXAMPLE = 'examples/invoices.history.jsonl';

async function judge(): Promise<{ readonly out: string; readonly code: number }> {
  let out = '';
  const code = await runCommandLine(['judge', EXAMPLE], {
    out: (text) => void (out += text),
    err: () => undefined,
    columns: 100,
    outStyle: PLAIN,
    errStyle: PLAIN,
    canRedraw: false,
  });
  return { out, code };
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
}

const contents = (names: readonly HistoryContent[]): string =>
  names.length === 0 ? 'nothing more' : names.map((name) => HISTORY_CONTENTS[name].what).join(', ');

const TABLES: Readonly<Record<string, string>> = {
  needs: table(
    ['claim', 'to be violated', 'to hold'],
    CLAIMS.map(({ name, needs, witness }) => [name, contents(needs), contents(witness.needs)]),
  ),
  contents: table(
    ['a history has a', 'if it records'],
    Object.values(HISTORY_CONTENTS).map(({ what, record }) => [what, record]),
  ),
  keeps: table(
    ['claim', 'of the whole history?', 'it remembers'],
    CLAIMS.map((claim) => [claim.name, isFolded(claim) ? 'what is open' : 'yes', claim.keeps]),
  ),
  rules: table(
    ['rule', 'what it says'],
    Object.entries(HISTORY_RULES).map(([rule, sentence]) => [`\`${rule}\``, sentence]),
  ),
  anomalies: table(
    ['anomaly', 'what it is', 'Kafka'],
    ANOMALY_CHECKS.map(({ name, statement, verdict }) => [`\`${name}\``, statement, verdict]),
  ),
};

test('JUDGE.md prints what is so', async () => {
  const { out } = await judge();
  let printed = page.replace(
    /(<!-- output -->\n```console\n\$ .*\n)[\s\S]*?(```)/,
    (_, start: string, end: string) => `${start}${out}${end}`,
  );
  for (const [name, text] of Object.entries(TABLES)) {
    const block = new RegExp(`(<!-- ${name} -->\n)[\\s\\S]*(<!-- /${name} -->)`);
    expect(printed).toMatch(block);
    printed = printed.replace(
      block,
      (_, start: string, end: string) => `${start}\n${text}\n\n${end}`,
    );
  }
  await expect(printed).toMatchFileSnapshot('JUDGE.md');
});

test('every claim holds of the example, and every line of it is explained', async () => {
  expect((await judge()).code).toBe(0);
  const lines = readFileSync(new URL(`../${EXAMPLE}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  const explained = [...page.matchAll(/^\| (\d+)-(\d+) \| `?(.*?)`? \|/gm)];
  let next = 2;
  for (const [, first, last, process] of explained) {
    expect(Number(first)).toBe(next);
    next = Number(last) + 1;
    if (process === 'final readers') continue;
    const recorded = lines
      .slice(Number(first) - 1, Number(last))
      .map((line) => (JSON.parse(line) as { process: string }).process);
    expect(new Set(recorded)).toEqual(new Set([process]));
  }
  expect(next).toBe(lines.length + 1);
});
