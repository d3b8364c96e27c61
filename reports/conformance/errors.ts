/** Evidence that cannot be told in one report. The message names both sides and what to do. */

export class ConflictingEvidenceError extends Error {
  readonly code = 'CONFLICTING_EVIDENCE';

  constructor(message: string) {
    super(message);
    this.name = 'ConflictingEvidenceError';
  }
}
