import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { digestOf } from './run-bytes.fixture.ts';

const SEEDS = Array.from({ length: 200 }, (_, index) => index + 1);

/** Digests of the seeds, computed by a thread of its own that starts cold. */
function digestsInWorker(seeds: readonly number[]): Promise<readonly string[]> {
  const source = new URL('./run-bytes.fixture.ts', import.meta.url).href;
  const worker = new Worker(
    `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}'); });`,
    { eval: true, workerData: ['digests', ...seeds] },
  );
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', resolve);
  });
}

test('the same seed gives the same bytes, the whole trace, in this thread and in any other', async () => {
  const here = SEEDS.map(digestOf);
  expect(SEEDS.map(digestOf)).toEqual(here);
  const [odd, even] = await Promise.all([
    digestsInWorker(SEEDS.filter((seed) => seed % 2 === 1)),
    digestsInWorker(SEEDS.filter((seed) => seed % 2 === 0)),
  ]);
  expect(SEEDS.map((seed) => (seed % 2 === 1 ? odd : even)[(seed - 1) >> 1])).toEqual(here);
});

test('another seed gives other bytes', () => {
  expect(new Set(SEEDS.map(digestOf)).size).toBe(SEEDS.length);
});
