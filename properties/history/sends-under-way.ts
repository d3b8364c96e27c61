/** Which sends a Produce may have carried: those of its process to its partition that were under way when it was sent. */

import type { HistoryIndex } from './history-index.ts';
import type { Send, WireAttempt } from './operations.ts';
import { partitionPoint } from './partition-point.ts';

/** Of one process to one partition. */
interface Line {
  readonly sends: Send[];
  /** The latest completion of each and all before it. */
  readonly latest: number[];
}

/** Of a history that is complete. */
export function sendsInOrder(history: HistoryIndex): SendsInOrder {
  return history.derived(collectSends);
}

function collectSends(history: HistoryIndex): SendsInOrder {
  return new SendsInOrder(history);
}

/** Sends of each process to each partition, in order of invocation. */
export class SendsInOrder {
  readonly #lines = new Map<string, Map<string, Line>>();

  constructor(history: HistoryIndex) {
    for (const send of history.sends) {
      const { sends, latest } = this.#line(send);
      latest.push(Math.max(send.completedAt, latest.at(-1) ?? 0));
      sends.push(send);
    }
  }

  #line({ invocation: { process, partition } }: Send): Line {
    let ofProcess = this.#lines.get(process);
    if (ofProcess === undefined) {
      ofProcess = new Map<string, Line>();
      this.#lines.set(process, ofProcess);
    }
    let line = ofProcess.get(partition);
    if (line === undefined) ofProcess.set(partition, (line = { sends: [], latest: [] }));
    return line;
  }

  /** Those under way when a batch was sent, and still when it was sent again; the later ones first. */
  underWay({ request, sentAt }: WireAttempt, again = sentAt): readonly Send[] {
    const line = this.#lines.get(request.process)?.get(request.partition ?? '');
    if (line === undefined) return [];
    const found: Send[] = [];
    let index = lastBefore(line.sends, sentAt);
    for (; index >= 0 && line.latest[index]! > again; index -= 1) {
      const send = line.sends[index]!;
      if (send.completedAt > again) found.push(send);
    }
    return found;
  }
}

/** Index of the last send that was invoked before a position; -1: none. */
function lastBefore(sends: readonly Send[], position: number): number {
  return partitionPoint(sends.length, (index) => sends[index]!.invokedAt < position) - 1;
}
