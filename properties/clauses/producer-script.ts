/**
 * Steps for one producer client with the transactional id `id`. What a step yields is what the client sent and what
 * its calls were told because of it.
 *
 * - `init`, `begin`, `send r1`, `send r1 b-0`, `offsets`, `commit`, `abort`: calls of the application.
 * - `found`, `identified 5.0`, `refused CODE` (InitProducerId), `added CODE...`, `produced 0`, `produced CODE`,
 *   `ended`, `ended CODE`, `offsets-added CODE`, `offsets-committed CODE`, `closed EndTxn`: answers of the
 *   brokers.
 * - `ready 5.0`: the call and the answers that make a fresh client ready, of which nothing is told; nor of `open r1`,
 *   which begins a transaction and sends r1, up to the Produce that has no answer yet.
 * - `pass 100`: time. `state`: the client's state.
 */

import { Bench } from '../../impl/producer/scripted-brokers.ts';
import type { Overrides } from '../../impl/simulation/overrides.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { ApiName } from '../../protocol/messages/rpc.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';

/** Steps that arrange and tell nothing. */
const QUIET: readonly string[] = ['ready', 'open'];

export class ProducerScript {
  readonly #bench: Bench;
  readonly #transactionVersion: TransactionVersion;
  readonly #told = new Set<string>();
  readonly #calls = new Map<string, number>();
  #sent = 0;

  constructor(transactionVersion: TransactionVersion, overrides: Overrides) {
    this.#transactionVersion = transactionVersion;
    this.#bench = new Bench(
      { transactionVersion, fatalWithoutEpochBump: true },
      overrides.producer,
    );
  }

  step(step: string): string {
    const [verb = '', ...words] = step.split(' ');
    if (verb === 'state') return this.#bench.producer.state;
    if (!this.#call(verb, words)) this.#answer(verb, words);
    const news = this.#news();
    return QUIET.includes(verb) || news === '' ? 'nothing' : news;
  }

  /** False: it is no call of the application. */
  #call(verb: string, [word = '', partition]: readonly string[]): boolean {
    const bench = this.#bench;
    switch (verb) {
      case 'init':
        bench.producer.initTransactions(bench.note(this.#name(verb)));
        return true;
      case 'begin':
        bench.note(this.#name(verb))(bench.producer.beginTransaction());
        return true;
      case 'send':
        bench.send(word, partition);
        return true;
      case 'offsets':
        bench.sendOffsets(this.#name(verb));
        return true;
      case 'commit':
        bench.commit(this.#name(verb));
        return true;
      case 'abort':
        bench.abort(this.#name(verb));
        return true;
      default:
        return false;
    }
  }

  #answer(verb: string, words: readonly string[]): void {
    const bench = this.#bench;
    const word = words[0] ?? 'NONE';
    switch (verb) {
      case 'ready':
        bench.init(...identityOf(word));
        return;
      case 'open':
        bench.begin().send(word);
        if (this.#transactionVersion < 2) bench.added();
        return;
      case 'found':
        return bench.found();
      case 'identified':
        return bench.identified(...identityOf(word));
      case 'refused':
        return bench.initRefused(word as ErrorCode);
      case 'added':
        return bench.added(...(words as ErrorCode[]));
      case 'produced':
        return bench.produced(/^\d+$/.test(word) ? Number(word) : (word as ErrorCode));
      case 'ended':
        return this.#ended(word);
      case 'offsets-added':
        return bench.answer('AddOffsetsToTxn', { errorCode: word as ErrorCode });
      case 'offsets-committed':
        return bench.offsetsCommitted(word as ErrorCode);
      case 'closed':
        return bench.answer(word as ApiName, null);
      case 'pass':
        return bench.advance(Number(word));
      default:
        throw new Error(`a step is one of the producer script's verbs; found ${verb}`);
    }
  }

  /** Only EndTxn v5 answers an identity (KIP-890). */
  #ended(word: string): void {
    const { producerId, producerEpoch } = this.#bench.producer.identity;
    const next = { producerId, producerEpoch: producerEpoch + 1 };
    const isTold = word === 'NONE' && this.#transactionVersion === 2;
    this.#bench.ended(word as ErrorCode, isTold ? next : undefined);
  }

  /** A call's name is its verb; the second one's is `commit 2`. */
  #name(verb: string): string {
    const count = (this.#calls.get(verb) ?? 0) + 1;
    this.#calls.set(verb, count);
    return count === 1 ? verb : `${verb} ${count}`;
  }

  #news(): string {
    const sent = this.#bench.sent.slice(this.#sent).map((line) => `sends ${withoutVersion(line)}`);
    this.#sent = this.#bench.sent.length;
    const told = Object.keys(this.#bench.results).filter((name) => !this.#told.has(name));
    for (const name of told) this.#told.add(name);
    return [...told.map((name) => `${name}: ${this.#bench.told(name)}`), ...sent].join(', ');
  }
}

/** The same script serves several transaction versions, which differ in it. */
function withoutVersion(line: string): string {
  return line.replace(/ v\d+/, '');
}

function identityOf(word: string): [producerId: number, producerEpoch: number] {
  const [producerId = 0, producerEpoch = 0] = word.split('.').map(Number);
  return [producerId, producerEpoch];
}
