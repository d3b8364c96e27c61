/** What a user can put right. */

/** The message is one paragraph: what was expected, what was found, what to do. */
export class UsageError extends Error {
  readonly code = 'USAGE';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
