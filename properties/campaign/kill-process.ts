/** A process that kills mutants, one at a time: in one of its own, so that its CPU time is its own as well. */

import { kill, type KillTask } from './kill.ts';

// Ctrl-C reaches every process of a terminal; the parent decides what is to be written.
process.on('SIGINT', () => undefined);
process.on('message', (task: KillTask) => {
  void answer(task);
});

async function answer(task: KillTask): Promise<void> {
  try {
    process.send!(await kill(task, () => false));
  } catch (error) {
    process.send!({
      error: error instanceof Error ? (error.stack ?? error.message) : String(error),
    });
  }
}
