/** Faults of a machine or of its use; programmer errors all, never caught but by tests. */

/** A machine breaks a rule that exploration depends on; `problems` are sentences. */
export class MachineRuleError extends Error {
  readonly code = 'MACHINE_RULE';
  readonly problems: readonly string[];

  constructor(machineId: string, problems: readonly string[]) {
    super(`machine ${machineId} cannot be tabulated:\n- ${problems.join('\n- ')}`);
    this.problems = problems;
  }
}

/** A record cannot be interned: its keys or values are not those that a canonical key needs. */
export class MalformedRecordError extends Error {
  readonly code = 'MALFORMED_RECORD';
}

/** A value does not fit into its field. */
export class FieldOverflowError extends Error {
  readonly code = 'FIELD_OVERFLOW';

  constructor({ name, bits }: { readonly name: string; readonly bits: number }, value: number) {
    super(
      `expected the field ${name} to have an integer from 0 to ${2 ** bits - 1} (${bits} bits); found ${value}. ` +
        'Give the field more bits, or bound the model so that the value stays below.',
    );
  }
}

/** A rule read other fields than before where all that it had read was the same. */
export class ImpureRuleError extends Error {
  readonly code = 'IMPURE_RULE';

  constructor(name: string) {
    super(
      `expected ${name} to be a pure function of the fields that it reads; found that it read others, though what it had read was the same`,
    );
  }
}
