/**
 * ExactlyOncePipeline: what transactions promise an application that reads, transforms and writes. Outputs and offsets
 * travel in one transaction; who takes over reads on from the group's committed offset; generations and epochs keep the
 * others out. Hence each input has its outputs in one committed transaction once the group's offset has passed it, and never
 * in two; how many outputs it makes of an input is the application's business.
 *
 * The claim is about applications that leave the offsets to their transactions. It says nothing of a partition whose
 * offset was also committed plainly, nor of a group in which several transactional ids read without saying of which
 * generation they are: Kafka fences nobody there, and two members may well process the same input.
 */

import type { Violation } from '../../reports/evidence/finding.ts';
import type { FinalRead } from '../history/final-reads.ts';
import type { HistoryIndex } from '../history/history-index.ts';
import {
  citeCompletion,
  citeInvocation,
  failed,
  processesOf,
  type FetchOffsets,
  type GroupHistory,
  type Send,
} from '../history/operations.ts';
import type { WholeClaim } from './claim.ts';

export const exactlyOncePipeline: WholeClaim = {
  name: 'ExactlyOncePipeline',
  statement:
    "Where offsets travel in the transactions of their outputs, no input has outputs in two committed transactions, and every input below the group's final offset has one in some.",
  source: 'KIP-98, KIP-129, KIP-447 (consume-transform-produce)',
  needs: ['inputs', 'transactional-offsets', 'final-committed-reads'],
  keeps: 'every input, with the output made from it: it may be processed again at any time',
  violation,
  witness: {
    situation:
      'an input was processed in two transactions, of which the first was cut short or aborted, and its output is visible',
    advice:
      'raise --scenarios, and keep crash-producer, zombie and lose-request in --faults, so that more inputs are processed again',
    needs: ['final-offset-fetches'],
    reached,
  },
};

/** An output and the final read that returned it. */
interface VisibleOutput {
  readonly send: Send;
  readonly read: FinalRead;
}

function violation(history: HistoryIndex): Violation | null {
  for (const group of history.groups) {
    if (!isFenced(history, group)) continue;
    const found = new Pipeline(history, group).violation();
    if (found !== null) return found;
  }
  return null;
}

/** Whether two members can never both commit what they made of one input: by their transactional id or by generation. */
function isFenced(history: HistoryIndex, group: GroupHistory): boolean {
  if (group.offsetSends.every(({ invocation }) => invocation.generation >= 0)) return true;
  const ids = [...processesOf(group)].map((name) => history.processNamed(name)?.transactionalId);
  return new Set(ids).size <= 1;
}

/** What the members of one group made of their inputs. */
class Pipeline {
  readonly #history: HistoryIndex;
  readonly #group: GroupHistory;
  readonly #outputs: readonly Send[];
  /** Partitions whose offset was committed outside transactions too. */
  readonly #plain: ReadonlySet<string>;

  constructor(history: HistoryIndex, group: GroupHistory) {
    this.#history = history;
    this.#group = group;
    this.#outputs = outputsOf(history, group);
    this.#plain = new Set(
      group.commits
        .filter((commit) => !failed(commit))
        .flatMap(({ invocation }) => invocation.offsets.map(({ partition }) => partition)),
    );
  }

  violation(): Violation | null {
    const visible = new Map<string, VisibleOutput>();
    for (const send of this.#outputs) {
      const { input, partition } = send.invocation;
      const read = this.#history.finalReads.committed.get(partition);
      if (input === undefined || this.#plain.has(input.partition)) continue;
      if (read === undefined || !this.#history.committedReads.isReadInTheEnd(send)) continue;
      const key = `${input.partition}@${input.offset}`;
      const other = visible.get(key);
      if (other === undefined) visible.set(key, { send, read });
      else if (!this.#isOneTransaction(other.send, send)) {
        return this.#twice(key, other, { send, read });
      }
    }
    for (const fetch of this.#group.fetches) {
      const found = fetch.invocation.final ? this.#skipped(fetch, visible) : null;
      if (found !== null) return found;
    }
    return null;
  }

  /** The first input below the group's final offset without a visible output. */
  #skipped(fetch: FetchOffsets, visible: ReadonlyMap<string, VisibleOutput>): Violation | null {
    const offsets = fetch.completion?.type === 'ok' ? (fetch.completion.offsets ?? []) : [];
    for (const { partition, offset: end } of offsets) {
      const inputs = this.#history.finalReads.committed.get(partition);
      const start = this.#startOf(partition);
      if (inputs === undefined || start === null || this.#plain.has(partition)) continue;
      for (const row of inputs.rows()) {
        const offset = this.#history.recordsRead.offsetAt(row);
        if (offset < start || offset >= end || visible.has(`${partition}@${offset}`)) continue;
        if (this.#isStuck(partition, offset)) continue;
        return this.#missing(fetch, inputs, offset, end);
      }
    }
    return null;
  }

  /** Where the group began to read; null: no fetch came before the first offsets that it sent. */
  #startOf(partition: string): number | null {
    const firstSend = this.#group.offsetSends[0]?.invokedAt ?? -1;
    for (const { completion, completedAt } of this.#group.fetches) {
      if (completion?.type !== 'ok' || completedAt > firstSend) continue;
      const told = completion.offsets?.find((offset) => offset.partition === partition);
      if (told !== undefined) return Math.max(told.offset, 0);
    }
    return null;
  }

  /** An output that was acknowledged stands where readers of committed records cannot get to yet. */
  #isStuck(partition: string, offset: number): boolean {
    return this.#outputsOf(partition, offset).some(({ completion, invocation }) => {
      const read = this.#history.finalReads.committed.get(invocation.partition);
      const at = completion?.type === 'ok' ? (completion.offset ?? -1) : -1;
      return read !== undefined && at >= read.lastStableOffset;
    });
  }

  #outputsOf(partition: string, offset: number): readonly Send[] {
    return this.#outputs.filter(
      ({ invocation: { input } }) => input?.partition === partition && input.offset === offset,
    );
  }

  #isOneTransaction(one: Send, other: Send): boolean {
    const transaction = this.#history.transactionOf(one);
    return transaction !== undefined && transaction === this.#history.transactionOf(other);
  }

  #nameOf(send: Send): string {
    return this.#history.transactionOf(send)?.name ?? 'no transaction';
  }

  #twice(input: string, first: VisibleOutput, second: VisibleOutput): Violation {
    const { group } = this.#group;
    const [one, other] = [first.send.invocation, second.send.invocation];
    return {
      message: `${one.value} and ${other.value} were both made from ${input} for group ${group}, and both are committed`,
      events: [first.send.invokedAt, second.send.invokedAt],
      why: [
        `${one.process} made ${one.value} from ${input} in ${this.#nameOf(first.send)} (${citeInvocation(first.send)}).`,
        `The final read of committed records on ${one.partition} (${citeCompletion(first.read.poll)}) has it, so that transaction was committed, and with it an offset of group ${group} past ${input}.`,
        `${other.process} made ${other.value} from ${input} in ${this.#nameOf(second.send)} (${citeInvocation(second.send)}).`,
        `The final read of committed records on ${other.partition} (${citeCompletion(second.read.poll)}) has it, so that transaction was committed too.`,
        'The group passes an input once, with one transaction, and this one was passed by two: a contradiction.',
      ],
    };
  }

  #missing(fetch: FetchOffsets, inputs: FinalRead, offset: number, end: number): Violation {
    const { group } = this.#group;
    const { partition, poll } = inputs;
    const outputs = this.#outputsOf(partition, offset);
    // With the transaction that its client was told is committed the offset moved; the output had to be there.
    const owed =
      outputs.findLast(
        (send) => (this.#history.transactionOf(send)?.toldCommitted ?? null) !== null,
      ) ?? outputs.at(-1);
    const made = outputs.map(
      (send) =>
        `${send.invocation.process} made ${send.invocation.value} from it in ${this.#nameOf(send)} (${citeInvocation(send)}); no final read of committed records has that.`,
    );
    return {
      message: `group ${group} has passed ${partition}@${offset}, and no output of it is committed`,
      events: [owed?.invokedAt ?? poll.completedAt, fetch.completedAt],
      why: [
        `Record ${offset} of ${partition}, ${inputs.valueAt(offset) ?? 'a record without value'}, is there to be read (${citeCompletion(poll)}).`,
        `In the end the group's committed offset is ${end}: whoever reads on for it never sees record ${offset} again (${citeCompletion(fetch)}).`,
        ...(made.length > 0 ? made : ['Nobody sent an output that was made from it.']),
        'The offset moves with the output and not without, and here it did: a contradiction.',
      ],
    };
  }
}

function outputsOf(history: HistoryIndex, group: GroupHistory): readonly Send[] {
  const processes = processesOf(group);
  return history.sends.filter(
    ({ invocation }) => invocation.input !== undefined && processes.has(invocation.process),
  );
}

function reached(history: HistoryIndex): boolean {
  for (const group of history.groups) {
    if (!isFenced(history, group)) continue;
    const processed = new Map<string, Send>();
    for (const send of outputsOf(history, group)) {
      const { input } = send.invocation;
      const key = `${input?.partition}@${input?.offset}`;
      const before = processed.get(key);
      processed.set(key, send);
      if (before === undefined || !isCutShort(history, before)) continue;
      if (history.committedReads.isReadInTheEnd(send)) return true;
    }
  }
  return false;
}

/** Its transaction was not told to be committed. */
function isCutShort(history: HistoryIndex, send: Send): boolean {
  const transaction = history.transactionOf(send);
  return transaction !== undefined && transaction.toldCommitted === null && !failed(send);
}
