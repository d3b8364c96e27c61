/** What every simulated broker has around it: one of each in a run. */

import type { ClusterMetadata } from '../ports.ts';
import type { Network } from './network.ts';
import type { SimulationObserver } from './observer.ts';
import type { Components } from './overrides.ts';
import type { Scheduler } from './scheduler.ts';

export interface World {
  readonly components: Components;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly metadata: ClusterMetadata;
  readonly observer: SimulationObserver;
}
