/** A counterexample as a test to paste into a project that depends on `onceproof`: it fails while the claim does. */

import { visible } from '../../page/html.ts';
import { wrap } from '../../terminal/wrap.ts';
import type { Scenario } from '../../evidence/scenario.ts';
import type { Counterexample } from '../document.ts';
import { permittedSentences } from '../headline.ts';

const COLUMNS = 100;

export function renderVitest(document: Counterexample, scenario: Scenario): string {
  const { claim, mutant } = document;
  const subject = mutant === null ? 'the reference' : `mutant ${mutant}`;
  const options = mutant === null ? '' : `, { mutant: ${text(mutant)} }`;
  return `/**
${comment([
  `${claim} ${document.status}: ${document.message}`,
  ...permittedSentences(document),
  `Written by onceproof ${document.toolVersion} from a finding of seed ${document.seed}. It fails while ${claim} does.`,
])}
 */

import { violationOf, type Scenario } from 'onceproof';
import { expect, test } from 'vitest';

const scenario: Scenario = ${literal(scenario, '')};

test(${text(`${claim} holds of ${subject} in this scenario`)}, () => {
  const violation = violationOf(${text(claim)}, scenario${options});
  expect(violation, violation?.message).toBeNull();
});
`;
}

function comment(paragraphs: readonly string[]): string {
  return paragraphs
    .flatMap((paragraph) => wrap(visible(paragraph).replaceAll(/\s+/g, ' '), COLUMNS))
    .map((line) => ` * ${line.replaceAll('*/', '* /')}`)
    .join('\n');
}

/** One property a line at the top, one element a line in lists of records, the rest on one line if there is room. */
function literal(value: unknown, indent: string): string {
  const flat = inline(value);
  const isRecord = typeof value === 'object' && value !== null;
  if (!isRecord || (indent !== '' && indent.length + flat.length <= COLUMNS)) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  const parts = Array.isArray(value)
    ? value.map((element) => literal(element, inner))
    : Object.entries(value).map(([key, field]) => `${name(key)}: ${literal(field, inner)}`);
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

function inline(value: unknown): string {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map(inline).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([key, field]) => `${name(key)}: ${inline(field)}`);
  return fields.length === 0 ? '{}' : `{ ${fields.join(', ')} }`;
}

function name(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) && key !== '__proto__' ? key : `[${text(key)}]`;
}

/** What cannot be seen is written as an escape. */
function text(content: string): string {
  const escaped = JSON.stringify(content)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replaceAll("'", "\\'")
    .replaceAll(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `'${escaped}'`;
}
