/** The script's faults on appends to the transaction log: what is armed and has not fired. */

import type { AppendFaults } from '../../impl/simulation/world.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { Step } from '../../reports/evidence/scenario.ts';

type AppendFaultStep = Extract<Step, { do: 'fail-append' }>;

export class ScriptedAppendFaults implements AppendFaults {
  readonly #armed: AppendFaultStep[] = [];
  readonly #onFired: () => void;

  constructor(onFired: () => void) {
    this.#onFired = onFired;
  }

  arm(step: AppendFaultStep): void {
    this.#armed.push(step);
  }

  /** Nothing goes wrong from here on. */
  disarm(): void {
    this.#armed.length = 0;
  }

  onAppend(log: TopicPartition): ErrorCode {
    if (this.#armed.length === 0) return 'NONE';
    const index = this.#armed.findIndex(({ partition }) => partition === log);
    if (index === -1) return 'NONE';
    const [step] = this.#armed.splice(index, 1);
    this.#onFired();
    return step!.errorCode;
  }
}
