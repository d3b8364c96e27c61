/** What every simulated broker has around it: one of each in a run. */

import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TopicPartition } from '../../protocol/ids.ts';
import type { ClusterMetadata } from '../ports.ts';
import type { Network } from './network.ts';
import type { SimulationObserver } from './observer.ts';
import type { Components } from './overrides.ts';
import type { Scheduler } from './scheduler.ts';

/** What becomes of an append that is about to happen: NONE, or the error that its writer is told. */
export interface AppendFaults {
  onAppend(log: TopicPartition): ErrorCode;
}

export const NO_APPEND_FAULTS: AppendFaults = { onAppend: () => 'NONE' };

export interface World {
  readonly components: Components;
  readonly scheduler: Scheduler;
  readonly network: Network;
  readonly metadata: ClusterMetadata;
  readonly appendFaults: AppendFaults;
  readonly observer: SimulationObserver;
}
