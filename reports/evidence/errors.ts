/** What is wrong with a file of evidence. The message is one paragraph: where, expected, found, what to do. */

export const EVIDENCE_PROBLEMS = [
  'not-json',
  'truncated',
  'not-utf8',
  'wrong-kind',
  'unknown-schema-version',
  'malformed',
] as const;
export type EvidenceProblem = (typeof EVIDENCE_PROBLEMS)[number];

export class EvidenceError extends Error {
  readonly code = 'UNREADABLE_EVIDENCE';
  readonly problem: EvidenceProblem;
  readonly file: string;

  constructor(problem: EvidenceProblem, file: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'EvidenceError';
    this.problem = problem;
    this.file = file;
  }
}
