/** A step of the implementation that the specification does not allow, as a value. */

export interface Disagreement {
  readonly component:
    | 'transaction coordinator'
    | 'group coordinator'
    | 'partition leader'
    | 'producer';
  /**
   * Whom the step was about: a transactional id, a group, a partition and a producer id, or a producer instance. Empty: of
   * none that is known.
   */
  readonly subject: string;
  /** Which step of the component in this run, from 1. */
  readonly step: number;
  /** What set the step off: a message, a completed append, an answer, a timer. */
  readonly cause: string;
  /** Everything that the model allows here; empty: nothing of this sort. */
  readonly expected: readonly string[];
  readonly found: string;
  /** A clause: in what they differ. */
  readonly why: string;
}

/** The fields of `expected` that `found` has otherwise. */
export function fieldsOf<Fields extends object>(
  expected: Fields,
  found: { readonly [Name in keyof Fields]: unknown },
): readonly (keyof Fields)[] {
  const names: (keyof Fields)[] = [];
  for (const name in expected) if (expected[name] !== found[name]) names.push(name);
  return names;
}

/** JSON of a value, or of some of its fields. */
export function jsonOf<Value extends object>(
  value: Value,
  fields?: readonly (keyof Value & string)[],
): string {
  return fields === undefined ? JSON.stringify(value) : JSON.stringify(value, [...fields]);
}
