/** What all evidence of a report is about. Evidence of two subjects is refused: it would not add up. */

import type { Subject } from '../evidence/conformance-report.ts';
import { ConflictingEvidenceError } from './errors.ts';
import type { ConformanceInputs } from './inputs.ts';

interface Said {
  readonly file: string;
  readonly subject: Subject;
}

export function subjectOf(inputs: ConformanceInputs): Subject {
  const [first, ...others] = saidOf(inputs);
  if (first === undefined) {
    throw new ConflictingEvidenceError(
      'Expected evidence about a subject (run.json, clauses.json or a finding), found none. Give a folder that ' +
        '`onceproof run` wrote.',
    );
  }
  let { subject } = first;
  for (const other of others) {
    if (differs(subject, other.subject)) {
      throw new ConflictingEvidenceError(
        `Expected evidence of one subject, found two: ${first.file} is about ${subjectText(subject)}, ` +
          `${other.file} about ${subjectText(other.subject)}. Make a report of each.`,
      );
    }
    subject = {
      ...subject,
      partitionVerification: subject.partitionVerification ?? other.subject.partitionVerification,
    };
  }
  return subject;
}

function saidOf({
  runs,
  judgements,
  coverages,
  clauseResults,
  findings,
}: ConformanceInputs): readonly Said[] {
  return [
    ...runs.map(({ file, value: { scope } }) => ({
      file,
      subject: subject(scope.mutant, scope.transactionVersion, scope.partitionVerification),
    })),
    ...judgements.map(({ file, value }) => ({ file, subject: systemOf(value.subject) })),
    ...coverages.map(({ file, value: { scope } }) => ({
      file,
      subject: subject(scope.mutant, scope.transactionVersion, scope.partitionVerification),
    })),
    ...clauseResults.map(({ file, value }) => ({
      file,
      subject: subject(value.mutant, value.transactionVersion, null),
    })),
    ...findings.map(({ file, value: { mutant, scenario } }) => ({
      file,
      subject: subject(mutant, scenario.transactionVersion, scenario.partitionVerification),
    })),
  ];
}

function subject(
  mutant: string | null,
  transactionVersion: number,
  partitionVerification: boolean | null,
): Subject {
  const name =
    mutant === null ? 'onceproof reference' : `onceproof reference with mutant ${mutant}`;
  return { kind: 'reference', name, mutant, transactionVersion, partitionVerification };
}

function systemOf(name: string): Subject {
  return {
    kind: 'system',
    name,
    mutant: null,
    transactionVersion: null,
    partitionVerification: null,
  };
}

function differs(one: Subject, other: Subject): boolean {
  const verification = [one.partitionVerification, other.partitionVerification];
  return (
    one.kind !== other.kind ||
    one.name !== other.name ||
    one.transactionVersion !== other.transactionVersion ||
    (!verification.includes(null) && verification[0] !== verification[1])
  );
}

export function subjectText(subject: Subject): string {
  const { kind, name, transactionVersion, partitionVerification } = subject;
  if (kind === 'system') return name;
  const verification =
    partitionVerification === null
      ? ''
      : `, partition verification ${partitionVerification ? 'on' : 'off'}`;
  return `the ${name} under transaction version ${transactionVersion}${verification}`;
}

/** The name of the rules that a transaction version stands for. */
export function profileOf({ transactionVersion }: Subject): string {
  if (transactionVersion === null) return 'any transaction version';
  return transactionVersion === 2 ? 'KIP-890' : 'KIP-98';
}
