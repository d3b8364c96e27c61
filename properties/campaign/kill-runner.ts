/** A process of its own for mutants: its CPU time is measured there, and it can be stopped in the middle. */

import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Kill, KillTask } from './kill.ts';

/** How often it is asked whether to go on. */
const LOOK_MS = 100;

/** The process died, or killing a mutant threw: a defect of this package. */
export class KillFailedError extends Error {
  readonly code = 'KILL_FAILED';
}

export class KillRunner {
  readonly #process: ChildProcess;

  constructor() {
    // From source, in tests, the process has to register the loader itself.
    const isSource = import.meta.url.endsWith('.ts');
    const file = new URL(`./kill-process.${isSource ? 'ts' : 'js'}`, import.meta.url);
    this.#process = fork(fileURLToPath(file), {
      execArgv: isSource ? ['--import', 'tsx'] : [],
      serialization: 'advanced',
    });
  }

  /** Null: stopped before it was done. */
  kill(task: KillTask, shouldStop: () => boolean): Promise<Kill | null> {
    const child = this.#process;
    return new Promise((resolve, reject) => {
      const timer = setInterval(() => {
        if (shouldStop()) end(() => resolve(null));
      }, LOOK_MS);
      const onMessage = (answer: Kill | { readonly error: string }): void =>
        end(() => {
          if ('error' in answer)
            reject(new KillFailedError(`mutant ${task.mutant}: ${answer.error}`));
          else resolve(answer);
        });
      const onExit = (code: number | null): void =>
        end(() =>
          reject(new KillFailedError(`mutant ${task.mutant}: its process ended with ${code}`)),
        );
      const end = (settle: () => void): void => {
        clearInterval(timer);
        child.off('message', onMessage);
        child.off('exit', onExit);
        settle();
      };
      child.on('message', onMessage);
      child.on('exit', onExit);
      child.send(task);
    });
  }

  end(): void {
    this.#process.kill();
  }
}
