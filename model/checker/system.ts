/**
 * What the checker searches: a vector of small integers, and rules that say which vectors follow which. It knows nothing
 * of machines; composition.ts makes systems of them.
 *
 * A rule is a pure function of the fields that it reads. So it is asked once for each combination of values that it
 * was ever seen to read (decision-table.ts), and what it reads and writes is known without a declaration: LTSmin's
 * transition groups with their dependencies, found instead of written down.
 */

/** A component of a state: an integer of at least 0 and below 2^bits. */
export interface Field {
  readonly name: string;
  /** From 1 to 31. A value that does not fit stops the search with FieldOverflowError. */
  readonly bits: number;
  /** The value in words; without it, the number. */
  readonly describe?: (value: number) => string;
}

/** The number of a field in its system. */
export type FieldIndex = number;

/** The value of a field in the state that a rule is asked about. */
export type Read = (field: FieldIndex) => number;

export interface Outcome<Action> {
  /** What happens. */
  readonly action: Action;
  /** Fields that are not named keep their values. */
  readonly writes: readonly (readonly [field: FieldIndex, value: number])[];
  /** A sentence, if this must never happen: whoever can reach it has found a violation. */
  readonly fault?: string;
  /** Why it is not taken, if a bound of the model forbids it: what lies behind it is then not searched. */
  readonly cut?: string;
}

/** Some of the steps of a system: in TLA+, a disjunct of its next-state relation. */
export interface TransitionGroup<Action> {
  readonly name: string;
  /** Each in which it can be taken; none: it is disabled. */
  readonly outcomes: (read: Read) => readonly Outcome<Action>[];
}

/** Of every reachable state. */
export interface Always {
  readonly kind: 'always';
  readonly name: string;
  readonly holds: (read: Read) => boolean;
  /** It may be broken: that is told once, and neither ends the search nor decides it. */
  readonly isExpectedToFail?: boolean;
}

/** Of one reachable state at least: while it is unreached the verdict is not `holds`. */
export interface Sometimes {
  readonly kind: 'sometimes';
  readonly name: string;
  readonly holds: (read: Read) => boolean;
}

export type Property = Always | Sometimes;

/** `Action`: what its steps are called by; text, or a record. */
export interface System<Action = string> {
  readonly name: string;
  readonly fields: readonly Field[];
  /** A value for each field. */
  readonly initialStates: readonly (readonly number[])[];
  readonly groups: readonly TransitionGroup<Action>[];
  readonly properties: readonly Property[];
  /** Whether a state may be the last one; every other state without a successor is a deadlock. */
  readonly isQuiescent: (read: Read) => boolean;
}
