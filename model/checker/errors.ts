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
