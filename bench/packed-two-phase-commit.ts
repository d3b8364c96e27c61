/**
 * Two-phase commit searched by hand: the states packed into one number each, a plain set of them, level by level. What a
 * general checker may cost is measured against it.
 */

const WORKING = 0;
const PREPARED = 1;
const COMMITTED = 2;
const ABORTED = 3;

export interface Counts {
  readonly distinct: number;
  readonly generated: number;
  readonly depth: number;
}

interface Unpacked {
  /** Two bits a resource manager. */
  readonly resources: number;
  readonly manager: number;
  /** Of whom the manager took that it is prepared. */
  readonly taken: number;
  /** Who sent that it is prepared. */
  readonly sent: number;
  /** 1: commit, 2: abort. */
  readonly decision: number;
}

export function searchPacked(count: number): Counts {
  const all = 2 ** count - 1;
  const low = 2 ** (2 * count + 2);
  const pack = ({ resources, manager, taken, sent, decision }: Unpacked): number =>
    (taken + sent * 2 ** count + decision * 2 ** (2 * count)) * low + resources * 4 + manager;
  const seen = new Set<number>();
  let generated = 0;
  let depth = 0;
  let level: number[] = [];
  let next: number[] = [];
  const add = (state: number): void => {
    generated += 1;
    if (seen.has(state)) return;
    seen.add(state);
    next.push(state);
  };
  add(0);
  while (next.length > 0) {
    [level, next] = [next, []];
    depth += 1;
    for (const state of level) expand(state, count, all, low, pack, add);
  }
  return { distinct: seen.size, generated, depth };
}

function expand(
  state: number,
  count: number,
  all: number,
  low: number,
  pack: (state: Unpacked) => number,
  add: (state: number) => void,
): void {
  const high = Math.floor(state / low);
  const bottom = state - high * low;
  const [manager, resources] = [bottom & 3, bottom >>> 2];
  const [taken, sent, decision] = [high & all, (high >>> count) & all, high >>> (2 * count)];
  const from = { resources, manager, taken, sent, decision };
  if (manager === 0 && taken === all) add(pack({ ...from, manager: 1, decision: decision | 1 }));
  if (manager === 0) add(pack({ ...from, manager: 2, decision: decision | 2 }));
  for (let index = 0; index < count; index += 1) {
    const bit = 1 << index;
    const shift = 2 * index;
    const local = (resources >>> shift) & 3;
    const become = (value: number): number => (resources & ~(3 << shift)) | (value << shift);
    if (manager === 0 && (sent & bit) !== 0) add(pack({ ...from, taken: taken | bit }));
    if (local === WORKING) {
      add(pack({ ...from, resources: become(PREPARED), sent: sent | bit }));
      add(pack({ ...from, resources: become(ABORTED) }));
    }
    if ((decision & 1) !== 0) add(pack({ ...from, resources: become(COMMITTED) }));
    if ((decision & 2) !== 0) add(pack({ ...from, resources: become(ABORTED) }));
  }
}
