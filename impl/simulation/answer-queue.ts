/** Answers on their way back on one connection: they keep their order, and one that is held holds up those behind it. */

import type { Scheduler } from './scheduler.ts';

export class AnswerQueue<Answer extends { readonly held: boolean }> {
  readonly #answers: Answer[] = [];
  readonly #scheduler: Scheduler;
  readonly #deliver: () => void;
  /** At the head of the queue, each with a task of its own. */
  #underWay = 0;

  /** `deliver` takes the next answer. */
  constructor(scheduler: Scheduler, deliver: () => void) {
    this.#scheduler = scheduler;
    this.#deliver = deliver;
  }

  push(answer: Answer): void {
    this.#answers.push(answer);
    this.wake();
  }

  /** Lets those travel that nothing holds up. */
  wake(): void {
    while (this.#underWay < this.#answers.length && !this.#answers[this.#underWay]!.held) {
      this.#underWay += 1;
      this.#scheduler.enqueue({ run: this.#deliver });
    }
  }

  /** Undefined: the connection was closed meanwhile. */
  take(): Answer | undefined {
    const answer = this.#answers.shift();
    if (answer !== undefined) this.#underWay -= 1;
    return answer;
  }

  /** The connection closes. */
  clear(): readonly Answer[] {
    this.#underWay = 0;
    return this.#answers.splice(0);
  }
}
