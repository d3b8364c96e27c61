/** A step being made: it reads what it wrote. */

import type { FieldIndex, Outcome, Read } from './system.ts';

export class StepDraft {
  readonly #read: Read;
  readonly #writes = new Map<FieldIndex, number>();

  constructor(read: Read) {
    this.#read = read;
  }

  read(field: FieldIndex): number {
    return this.#writes.get(field) ?? this.#read(field);
  }

  write(field: FieldIndex, value: number): void {
    this.#writes.set(field, value);
  }

  /** Whether something is not as it was. */
  get changes(): boolean {
    for (const [field, value] of this.#writes) if (this.#read(field) !== value) return true;
    return false;
  }

  outcome(action: string): Outcome<string> {
    return { action, writes: [...this.#writes] };
  }
}
