/** What the program has in use, measured after a collection of garbage. */

import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

export function bytesInUse(): number {
  const { used_heap_size: used, external_memory: external } = getHeapStatistics();
  return used + external;
}

export function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  setFlagsFromString('--no-flush-bytecode');
  (runInNewContext('gc') as () => void)();
}
