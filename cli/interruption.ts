/** Ctrl-C: the first asks the work to end and write what is known, the second ends the process at once. */

import { EXIT_CODES } from './exit-codes.ts';

export class Interruption {
  #requested = false;
  readonly #listener = (): void => {
    if (this.#requested) process.exit(EXIT_CODES.interrupted);
    this.#requested = true;
  };

  constructor() {
    process.on('SIGINT', this.#listener);
  }

  get isRequested(): boolean {
    return this.#requested;
  }

  dispose(): void {
    process.off('SIGINT', this.#listener);
  }
}
