/** The sentences at the head of a counterexample, the same in every view of it. */

import { commandLine } from '../terminal/shell.ts';
import type { Counterexample, Row } from './document.ts';

export function sizeOf(document: Counterexample): string {
  const size = `${count(document.clientSteps, 'client step')} and ${count(document.faults, 'fault')}`;
  const generated = document.shrink[0];
  if (generated === undefined) return size;
  const tried = document.shrink.reduce((sum, attempt) => sum + attempt.tried, 0);
  return `${size}, shrunk from ${generated.steps} steps and ${generated.choices} choices in ${tried} runs`;
}

export function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

export function factsOf(document: Counterexample): string[] {
  return [
    `seed ${document.seed}`,
    `transaction version ${document.transactionVersion}`,
    `partition verification ${document.partitionVerification ? 'on' : 'off'}`,
    document.mutant === null ? 'no mutant' : `mutant ${document.mutant}`,
  ];
}

/** None or one. */
export function permittedSentences({ permitted }: Counterexample): string[] {
  if (permitted === null) return [];
  return [`Expected: Kafka permits this anomaly, ${permitted.anomaly} (${permitted.source}).`];
}

/** In the order of the violation. */
export function offendingRows(document: Counterexample): Row[] {
  return document.rows
    .filter((row) => row.offending !== null)
    .toSorted((a, b) => a.offending! - b.offending!);
}

export function offendingSentence(row: Row): string {
  return `!${row.offending} is event ${row.number}: ${row.text}`;
}

export function replayCommand(file: string): string {
  // A file whose name begins with a dash is no option.
  return commandLine('npx onceproof replay', [file.startsWith('-') ? `./${file}` : file]);
}
