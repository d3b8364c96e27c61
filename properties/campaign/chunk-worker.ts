/** A worker thread: runs the chunks that it is sent. */

import { parentPort, workerData } from 'node:worker_threads';
import { runChunk, type ChunkTask } from './chunk.ts';
import { Judge } from './judge.ts';
import type { RunSettings } from './settings.ts';

const judge = new Judge(workerData as RunSettings);
parentPort!.on('message', (task: ChunkTask) => {
  parentPort!.postMessage(runChunk(judge, task));
});
