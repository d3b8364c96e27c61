/** What judging keeps of a history by the claims that are asked for, and by nothing else. */

import type { Claim } from '../properties/claims/claim.ts';
import { HistoryJudge } from '../properties/judge/history-judge.ts';
import type { HistoryEvent } from '../reports/evidence/history.ts';
import { HistoryReader } from '../reports/evidence/history-reader.ts';
import { HistoryGenerator } from './generated-history.ts';
import { chunksOf } from './history-file.ts';
import { bytesInUse, collectGarbage } from './memory.ts';

/** Gives every event of a history; what it returns is kept beside what the judge keeps. */
type Source = (take: (event: HistoryEvent) => void) => unknown;

/** By the reader that a file's events come through. */
export function fromFile(file: string): Source {
  return (take) => {
    const reader = new HistoryReader(file, take);
    for (const chunk of chunksOf(file)) reader.push(chunk);
    return reader;
  };
}

/** With every request on the wire. */
export function generated(operations: number): Source {
  return (take) => void new HistoryGenerator(take, true).generate(operations);
}

/** Bytes in use behind the last event, beyond those before the first. */
export function keptBytes(source: Source, claims: readonly Claim[]): number {
  collectGarbage();
  const before = bytesInUse();
  const judge = new HistoryJudge('generated', claims, { anomalies: false });
  const kept = source((event) => judge.add(event));
  collectGarbage();
  const bytes = bytesInUse() - before;
  // Used afterwards, so that it is still there.
  const { verdict, reasons } = judge.judgement(
    { ...HEADER, subject: typeof kept },
    () => undefined,
  );
  if (verdict === 'violated') throw new Error(reasons.join(' '));
  return bytes;
}

const HEADER = { kind: 'history', schemaVersion: 1 } as const;
