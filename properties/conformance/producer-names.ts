/** Recorded producer ids are renamed in order of appearance; the reference hands out its own. This matches them. */

import type { ProducerId } from '../../protocol/ids.ts';

/** Producer ids of Kafka's field names and of batches. */
const PRODUCER_FIELDS: ReadonlySet<string> = new Set([
  'ProducerId',
  'V3AndBelowProducerId',
  'producerId',
]);

export class ProducerNames {
  readonly #actual = new Map<ProducerId, ProducerId>();
  readonly #recorded = new Map<ProducerId, ProducerId>();

  /** The reference's id for a recorded one. What was never handed out is itself. */
  actual(recorded: ProducerId): ProducerId {
    return this.#actual.get(recorded) ?? recorded;
  }

  /** Whether an id of the reference stands for a recorded one; ids that appear for the first time are paired. */
  isSame(found: ProducerId, recorded: ProducerId): boolean {
    const known = this.#recorded.get(found);
    if (known !== undefined || this.#actual.has(recorded)) return known === recorded;
    if (found < 0 || recorded < 0) return found === recorded;
    this.#actual.set(recorded, found);
    this.#recorded.set(found, recorded);
    return true;
  }

  /** The recorded id that an id of the reference stands for. */
  recorded(actual: ProducerId): ProducerId {
    return this.#recorded.get(actual) ?? actual;
  }

  isProducerField(field: string): boolean {
    return PRODUCER_FIELDS.has(field);
  }

  /** A copy of recorded fields with the reference's ids. */
  inFields<Value>(value: Value): Value {
    return JSON.parse(
      JSON.stringify(value, (key, child: unknown) =>
        this.isProducerField(key) && typeof child === 'number' ? this.actual(child) : child,
      ),
    ) as Value;
  }
}
