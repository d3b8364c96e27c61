/** Which faults were armed and which fired, by kind: a fault that never fires has tested nothing. */

import { FAULT_KINDS, type FaultKind } from '../../reports/evidence/scenario.ts';

export class FaultTally {
  readonly #counts = new Map<FaultKind, { armed: number; fired: number }>();

  armed(kind: FaultKind): void {
    this.#count(kind).armed += 1;
  }

  fired(kind: FaultKind): void {
    this.#count(kind).fired += 1;
  }

  add(other: FaultTally): void {
    for (const row of other.rows) this.addRow(row);
  }

  addRow({ kind, armed, fired }: FaultTally['rows'][number]): void {
    const count = this.#count(kind);
    count.armed += armed;
    count.fired += fired;
  }

  /** In the order of FAULT_KINDS, those that occurred. */
  get rows(): readonly {
    readonly kind: FaultKind;
    readonly armed: number;
    readonly fired: number;
  }[] {
    return FAULT_KINDS.flatMap((kind) => {
      const count = this.#counts.get(kind);
      return count === undefined ? [] : [{ kind, ...count }];
    });
  }

  #count(kind: FaultKind): { armed: number; fired: number } {
    let count = this.#counts.get(kind);
    if (count === undefined) {
      count = { armed: 0, fired: 0 };
      this.#counts.set(kind, count);
    }
    return count;
  }
}
