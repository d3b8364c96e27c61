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
