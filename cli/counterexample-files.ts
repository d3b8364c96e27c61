/** What `inspect` writes beside or instead of the lanes in the terminal. */

import { basename, join, resolve, dirname } from 'node:path';
import { counterexample } from '../reports/counterexample/document.ts';
import { renderMermaid } from '../reports/counterexample/exports/render-mermaid.ts';
import { renderShiviz } from '../reports/counterexample/exports/render-shiviz.ts';
import { renderVitest } from '../reports/counterexample/exports/render-vitest.ts';
import { renderCounterexamplePage } from '../reports/counterexample/page/page.ts';
import type { Finding } from '../reports/evidence/finding.ts';
import { embedded } from '../reports/page/embedded.ts';
import { UsageError } from './errors.ts';
import { writeOutput } from './output-file.ts';
import type { Terminal } from './terminal.ts';

export interface InspectFlags {
  readonly all?: boolean;
  readonly html?: string;
  readonly vitest?: string;
  /** True: to standard output. */
  readonly mermaid?: string | true;
  readonly shiviz?: string | true;
}

/** False if the user asked for none of them. */
export function writeCounterexample(
  finding: Finding,
  file: string,
  flags: InspectFlags,
  terminal: Terminal,
): boolean {
  refuseConflicts(file, flags);
  const document = counterexample(finding);
  const all = flags.all ?? false;
  const write = (option: string, path: string, content: string): void => {
    writeOutput(option, path, content);
    terminal.err(`Wrote ${path} (${Math.ceil(Buffer.byteLength(content) / 1_000)} KB).\n`);
  };
  if (flags.html !== undefined) {
    writeCounterexamplePage(finding, { file, all, page: flags.html }, (path, content) =>
      write('--html', path, content),
    );
  }
  if (flags.vitest !== undefined) {
    write('--vitest', flags.vitest, renderVitest(document, finding.scenario));
  }
  const texts = [
    ['--mermaid', flags.mermaid, () => renderMermaid(document, all)],
    ['--shiviz', flags.shiviz, () => renderShiviz(document)],
  ] as const;
  for (const [option, path, render] of texts) {
    if (path === true) terminal.out(render());
    else if (path !== undefined) write(option, path, render());
  }
  return [flags.html, flags.vitest, flags.mermaid, flags.shiviz].some((flag) => flag !== undefined);
}

type Write = (path: string, content: string) => void;

/** `file` is how the page names the finding, `page` where the page goes. */
export function writeCounterexamplePage(
  finding: Finding,
  { file, all, page }: { readonly file: string; readonly all: boolean; readonly page: string },
  write: Write,
): void {
  const data = embedded('finding', finding) ?? writeBeside(page, finding, write);
  write(page, renderCounterexamplePage(counterexample(finding), { file, all, data }));
}

/** The finding of a page that it would weigh down too much. */
function writeBeside(page: string, finding: Finding, write: Write): string {
  const name = `${basename(page).replace(/\.html?$/, '')}.finding.json`;
  write(join(dirname(page), name), `${JSON.stringify(finding)}\n`);
  return name;
}

function refuseConflicts(file: string, flags: InspectFlags): void {
  if (flags.mermaid === true && flags.shiviz === true) {
    throw new UsageError(
      '--mermaid and --shiviz: expected at most one of them on standard output, found both. Name a file for one.',
    );
  }
  const outputs = Object.entries({
    '--html': flags.html,
    '--vitest': flags.vitest,
    '--mermaid': flags.mermaid,
    '--shiviz': flags.shiviz,
  }).filter((output): output is [string, string] => typeof output[1] === 'string');
  const taken = new Map([[resolve(file), 'the finding itself']]);
  for (const [option, path] of outputs) {
    if (path === '') throw new UsageError(`${option}: expected a file's name, found nothing.`);
    const occupant = taken.get(resolve(path));
    if (occupant !== undefined) {
      throw new UsageError(
        `${option}: expected a file of its own, found "${path}", which is ${occupant}. Name another file.`,
      );
    }
    taken.set(resolve(path), `what ${option} writes`);
  }
}
