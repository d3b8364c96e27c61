/** Runs chunks in order of index, in this thread or shared out to worker threads; the results do not depend on which. */

import { Worker } from 'node:worker_threads';
import { runChunk, type ChunkResult, type ChunkTask } from './chunk.ts';
import { Judge } from './judge.ts';
import type { RunSettings } from './settings.ts';

export interface ChunkPlan {
  readonly settings: RunSettings;
  readonly workers: number;
  /** The task of a chunk; null when no more are to be started. */
  readonly next: () => ChunkTask | null;
  readonly onResult: (result: ChunkResult) => void;
}

/** Resolves when every chunk that was started has its result; rejects with what a chunk threw, and starts no more. */
export async function runChunks(plan: ChunkPlan): Promise<void> {
  if (plan.workers === 1) {
    await runHere(plan);
    return;
  }
  let failed = false;
  const next = (): ChunkTask | null => (failed ? null : plan.next());
  const share = async (): Promise<void> => {
    try {
      await runInWorker({ ...plan, next });
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  await Promise.all(Array.from({ length: plan.workers }, share));
}

async function runHere({ settings, next, onResult }: ChunkPlan): Promise<void> {
  const judge = new Judge(settings);
  for (let task = next(); task !== null; task = next()) {
    onResult(runChunk(judge, task));
    // Lets signals and the progress line through.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function runInWorker({ settings, next, onResult }: ChunkPlan): Promise<void> {
  const worker = newWorker(settings);
  try {
    for (let task = next(); task !== null; task = next()) onResult(await answer(worker, task));
  } finally {
    await worker.terminate();
  }
}

/** From source, in tests, a thread has to register the loader itself: it does not inherit this one's. */
function newWorker(settings: RunSettings): Worker {
  if (!import.meta.url.endsWith('.ts')) {
    return new Worker(new URL('./chunk-worker.js', import.meta.url), { workerData: settings });
  }
  const source = new URL('./chunk-worker.ts', import.meta.url).href;
  return new Worker(
    `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}'); });`,
    { eval: true, workerData: settings },
  );
}

function answer(worker: Worker, task: ChunkTask): Promise<ChunkResult> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (result: ChunkResult) => {
      worker.off('error', reject);
      resolve(result);
    });
    worker.postMessage(task);
  });
}
