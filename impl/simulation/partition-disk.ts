/** The disk of a simulated partition: a log that is flushed, hence replicated, by a task of the scheduler. */

import type { TopicPartition } from '../../protocol/ids.ts';
import type { StoredBatch } from '../../protocol/records.ts';
import { DurableLog } from '../log/durable-log.ts';
import type { SimulationObserver } from './observer.ts';
import type { Scheduler } from './scheduler.ts';

interface PartitionDiskOptions {
  readonly partition: TopicPartition;
  readonly scheduler: Scheduler;
  readonly observer: SimulationObserver;
}

/** Told of each append and flush before it has consequences, and when a flush has had them. */
interface DiskWatcher {
  appended(batch: StoredBatch): void;
  replicated(highWatermark: number): void;
  stepEnded(): void;
}

export class PartitionDisk {
  readonly log: DurableLog<StoredBatch>;
  readonly #options: PartitionDiskOptions;
  readonly #watcher: DiskWatcher | null;
  #flushQueued = false;

  constructor(options: PartitionDiskOptions, watcher: DiskWatcher | null = null) {
    this.#options = options;
    this.#watcher = watcher;
    this.log = new DurableLog(() => this.#appended());
  }

  #appended(): void {
    const { observer, scheduler, partition } = this.#options;
    const batch = this.log.entries.at(-1)!;
    observer.batchAppended(partition, batch);
    this.#watcher?.appended(batch);
    if (this.#flushQueued) return;
    this.#flushQueued = true;
    scheduler.enqueue({ run: () => this.#flush() });
  }

  #flush(): void {
    this.#flushQueued = false;
    if (!this.log.hasUnflushed) return;
    const { observer, partition } = this.#options;
    observer.logReplicated(partition, this.log.logEndOffset);
    this.#watcher?.replicated(this.log.logEndOffset);
    this.log.flush();
    this.#watcher?.stepEnded();
  }
}
