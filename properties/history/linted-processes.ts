/** What the linter knows of each process. Of a history that forgets what is over it forgets it too. */

import { HistoryFold } from './history-fold.ts';

export interface ProcessState {
  initialised: boolean;
  probe: boolean;
  transactional: boolean;
  transactions: number;
  /** Operation number of the call that excludes all others. */
  exclusive: number | null;
  /** The last end that its current transaction was asked for, and the EndTxn requests sent since for that end. */
  end: 'commit' | 'abort' | null;
  endTxns: number;
  /** Of those, how many had been sent when the end that is outstanding was asked for. */
  endTxnsBefore: number;
  crashed: boolean;
}

export class LintedProcesses extends HistoryFold {
  readonly #states = new Map<string, ProcessState>();
  #forgetsCrashed = false;

  /** A process that crashed was forgotten: nobody can tell whether it goes on. */
  get forgetsCrashed(): boolean {
    return this.#forgetsCrashed;
  }

  of(name: string): ProcessState {
    let state = this.#states.get(name);
    if (state === undefined) {
      state = {
        initialised: false,
        probe: false,
        transactional: false,
        transactions: 0,
        exclusive: null,
        end: null,
        endTxns: 0,
        endTxnsBefore: 0,
        crashed: false,
      };
      this.#states.set(name, state);
    }
    return state;
  }

  /** A reader of which no call is outstanding is as one that is yet to come. */
  forgetReader(name: string): void {
    const state = this.#states.get(name);
    if (state === undefined || state.initialised || state.exclusive !== null) return;
    this.#states.delete(name);
  }

  override crashed(process: string): void {
    this.#states.delete(process);
    this.#forgetsCrashed = true;
  }
}
