/**
 * Steps for the consumer's filter. `log 7:x 8:y 7:ABORT 8:COMMIT` is what a fetch returned, one batch a word, of
 * producers 7 and 8 from offset 0 (`7:i=x` is not transactional); `aborted 7@0` is the list beside it; then
 * `read committed 0` or `read uncommitted 0` says what the application gets from an offset, and where it stands.
 */

import { filterFetched } from '../../impl/consumer/aborted-filter.ts';
import { CONSUMER_DECISIONS, type ConsumerDecisions } from '../../impl/consumer/decisions.ts';
import type { Overrides } from '../../impl/simulation/overrides.ts';
import type { AbortedTransaction, StoredBatch } from '../../protocol/records.ts';

export class ConsumerScript {
  readonly #decisions: ConsumerDecisions;
  #batches: readonly StoredBatch[] = [];
  #aborted: readonly AbortedTransaction[] = [];

  constructor({ consumer }: Overrides) {
    this.#decisions = { ...CONSUMER_DECISIONS, ...consumer?.decisions };
  }

  step(step: string): string {
    const [verb, ...words] = step.split(' ');
    switch (verb) {
      case 'log':
        this.#batches = words.map((word, offset) => batchOf(word, offset));
        return 'nothing';
      case 'aborted':
        this.#aborted = words.map((word) => {
          const [producerId, firstOffset] = word.split('@').map(Number);
          return { producerId: producerId!, firstOffset: firstOffset! };
        });
        return 'nothing';
      case 'read':
        return this.#read(words[0] === 'committed', Number(words[1]));
      default:
        throw new Error(`a step is one of the consumer script's verbs; found ${verb}`);
    }
  }

  #read(committed: boolean, position: number): string {
    const read = filterFetched(
      { position, batches: this.#batches, abortedTransactions: committed ? this.#aborted : null },
      this.#decisions,
    );
    const values = read.records.map(({ value }) => value ?? 'null');
    return `[${values.join(' ')}] then ${read.position}`;
  }
}

function batchOf(word: string, offset: number): StoredBatch {
  const [producer = '', content = ''] = word.split(':');
  const stored = {
    baseOffset: offset,
    lastOffset: offset,
    producerId: Number(producer),
    producerEpoch: 0,
    timestamp: 0,
  };
  if (content === 'COMMIT' || content === 'ABORT') {
    return { kind: 'control', ...stored, marker: { type: content, coordinatorEpoch: 0 } };
  }
  const transactional = !content.startsWith('i=');
  const value = transactional ? content : content.slice('i='.length);
  return {
    kind: 'data',
    ...stored,
    baseSequence: 0,
    transactional,
    records: [{ key: null, value }],
  };
}
