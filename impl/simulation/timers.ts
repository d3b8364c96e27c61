/** Timers of a process in a simulated run. */

import type { Timers } from '../ports.ts';
import type { Endpoint } from './network.ts';
import type { Scheduler } from './scheduler.ts';

/** They end with the process that set them. */
export function timersOf(endpoint: Endpoint, scheduler: Scheduler): Timers {
  return {
    after: (delayMs, callback) =>
      scheduler.after(delayMs, () => {
        if (endpoint.isAlive) callback();
      }),
  };
}

/** Told of each timer after it has fired, and before if it cares; null: nobody watches. */
interface TimerWatcher {
  timerFired?(): void;
  stepEnded(): void;
}

export function watchedTimers(timers: Timers, watcher: TimerWatcher | null): Timers {
  if (watcher === null) return timers;
  return {
    after: (delayMs, callback) =>
      timers.after(delayMs, () => {
        watcher.timerFired?.();
        callback();
        watcher.stepEnded();
      }),
  };
}
