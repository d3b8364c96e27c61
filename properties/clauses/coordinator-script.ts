/**
 * Steps for one transaction coordinator, which owns the id `orders`. Producer 7 is the first identity that it hands
 * out; `a-0`, `b-0` and `c-0` are led by brokers 1, 2 and 3.
 *
 * - `init`, `init 7.0`, `add 7.0 a-0 b-0`, `verify 7.0 a-0`, `end 7.0 commit`, `offsets 7.0 group`: requests, of the
 *   newest version or of the one named by a last word (`v3`); of `init` also `timeout=0`, `id=`, `2pc`, `keep`.
 * - `markers NONE`: every WriteTxnMarkers in flight is answered so, `markers NONE 1`: broker 1's; `closed`: the
 *   connection closes.
 * - `by-hand`: from here on the log replicates when told, by `replicate` or `replicate CODE`.
 * - `elect 2`, `loaded`, `resign 3`: terms. `pass 60001`, `timeouts`, `expiry`: time and the periodic tasks.
 * - `epoch 32766`: arranges an epoch. `lead a-0 9`, `lead a-0 none`, `dead 1`, `alive 1`, `no-ids`: the cluster.
 * - `logged`, `cached`, `marking`: what is in the log, in the cache, and which markers are in flight.
 */

import {
  Bench,
  ID,
  ID_PARTITION,
} from '../../impl/transaction-coordinator/scripted-coordinator.ts';
import type { Overrides } from '../../impl/simulation/overrides.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import { NO_IDENTITY, NO_PRODUCER_ID, type ProducerIdentity } from '../../protocol/ids.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';

/** Newest versions that are in use. */
const VERSIONS = { init: 5, add: 5, verify: 5, end: 5, offsets: 4 } as const;

export class CoordinatorScript {
  readonly #bench: Bench;
  #replies: string[] = [];

  constructor(transactionVersion: TransactionVersion, overrides: Overrides) {
    this.#bench = new Bench({ transactionVersion, ...overrides.transactionCoordinator });
  }

  step(step: string): string {
    this.#replies = [];
    const [verb = '', ...words] = step.split(' ');
    const told = this.#query(verb);
    if (told !== null) return told;
    if (verb in VERSIONS) this.#request(verb as keyof typeof VERSIONS, words);
    else this.#world(verb, words);
    return this.#replies.length === 0 ? 'nothing' : this.#replies.join(', ');
  }

  #query(verb: string): string | null {
    switch (verb) {
      case 'logged':
        return this.#bench.logged().join('; ') || 'nothing';
      case 'cached':
        return this.#bench.cached();
      case 'marking':
        return this.#bench.marking().join('; ') || 'nothing';
      default:
        return null;
    }
  }

  #request(verb: keyof typeof VERSIONS, allWords: readonly string[]): void {
    const version = allWords.find((word) => /^v\d+$/.test(word));
    const words = allWords.filter((word) => word !== version);
    const apiVersion = version === undefined ? VERSIONS[verb] : Number(version.slice(1));
    switch (verb) {
      case 'init':
        return this.#init(words, apiVersion);
      case 'end':
        return this.#end(words, apiVersion);
      case 'offsets':
        return this.#offsets(words, apiVersion);
      default:
        return this.#add(words, apiVersion, verb === 'verify');
    }
  }

  #init(words: readonly string[], apiVersion: number): void {
    const option = (name: string): string | undefined =>
      words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
    const identity = words.find((word) => /^-?\d+\.-?\d+$/.test(word));
    const body = {
      ...(identity === undefined ? NO_IDENTITY : identityOf(identity)),
      transactionalId: words.includes('idempotent') ? null : (option('id') ?? ID),
      transactionTimeoutMs: Number(option('timeout') ?? 60_000),
      enable2Pc: words.includes('2pc'),
      keepPreparedTxn: words.includes('keep'),
    };
    this.#ask((done) => {
      this.#bench.coordinator.handle({ api: 'InitProducerId', apiVersion, body }, (answer) =>
        done(identityText(answer)),
      );
    });
  }

  #end([identity = '', result = '']: readonly string[], apiVersion: number): void {
    const body = {
      transactionalId: ID,
      ...identityOf(identity),
      committed: result === 'commit',
    };
    this.#ask((done) => {
      this.#bench.coordinator.handle({ api: 'EndTxn', apiVersion, body }, (answer) =>
        done(identityText(answer)),
      );
    });
  }

  #offsets([identity = '', groupId = '']: readonly string[], apiVersion: number): void {
    const body = { transactionalId: ID, ...identityOf(identity), groupId };
    this.#ask((done) => {
      this.#bench.coordinator.handle({ api: 'AddOffsetsToTxn', apiVersion, body }, (answer) =>
        done(answer.errorCode),
      );
    });
  }

  #add(
    [identity = '', ...partitions]: readonly string[],
    apiVersion: number,
    verifyOnly: boolean,
  ): void {
    const transaction = {
      transactionalId: ID,
      ...identityOf(identity),
      verifyOnly,
      partitions,
    };
    const body = { transactions: [transaction] };
    this.#ask((done) => {
      this.#bench.coordinator.handle({ api: 'AddPartitionsToTxn', apiVersion, body }, (answer) => {
        const codes = answer.results.flatMap((result) =>
          result.partitions.map(({ errorCode }) => errorCode),
        );
        done(answer.errorCode === 'NONE' ? codes.join(' ') : answer.errorCode);
      });
    });
  }

  #ask(send: (done: (text: string) => void) => void): void {
    send((text) => this.#replies.push(text));
    if (this.#bench.replicatesAtOnce) this.#bench.replicate();
  }

  #world(verb: string, words: readonly string[]): void {
    const bench = this.#bench;
    const word = words[0] ?? '';
    switch (verb) {
      case 'markers':
        return this.#markers(word === 'closed' ? null : (word as ErrorCode), words[1]);
      case 'by-hand':
        bench.replicatesAtOnce = false;
        return;
      case 'replicate':
        return bench.replicateOne(words.length === 0 ? 'NONE' : (word as ErrorCode));
      case 'pass':
        return bench.advance(Number(word));
      case 'timeouts':
        bench.coordinator.handlers.abortTimedOut(bench.coordinator);
        break;
      case 'expiry':
        bench.coordinator.handlers.removeExpired(bench.coordinator);
        break;
      case 'epoch':
        bench.metadata.producerEpoch = Number(word);
        return;
      default:
        return this.#cluster(verb, words);
    }
    if (bench.replicatesAtOnce) bench.replicate();
  }

  #markers(errorCode: ErrorCode | null, broker: string | undefined): void {
    for (const sent of this.#bench.sent.slice()) {
      if (broker === undefined || sent.broker === Number(broker)) sent.answer(errorCode);
    }
  }

  #cluster(verb: string, [word = '', leader = '']: readonly string[]): void {
    const bench = this.#bench;
    switch (verb) {
      case 'elect':
        return bench.coordinator.onElection(ID_PARTITION, Number(word));
      case 'loaded':
        return bench.advance(0);
      case 'resign':
        return bench.coordinator.onResignation(ID_PARTITION, Number(word));
      case 'lead':
        if (leader === 'none') bench.leaders.delete(word);
        else bench.leaders.set(word, Number(leader));
        return;
      case 'dead':
        bench.dead.add(Number(word));
        return;
      case 'alive':
        bench.dead.delete(Number(word));
        return;
      case 'no-ids':
        bench.nextBlock = null;
        return;
      default:
        throw new Error(`a step is one of the coordinator script's verbs; found ${verb}`);
    }
  }
}

function identityOf(word: string): ProducerIdentity {
  const [producerId = '', producerEpoch = ''] = word.split('.');
  return { producerId: Number(producerId), producerEpoch: Number(producerEpoch) };
}

function identityText(answer: ProducerIdentity & { readonly errorCode: ErrorCode }): string {
  const { errorCode, producerId, producerEpoch } = answer;
  return producerId === NO_PRODUCER_ID ? errorCode : `${errorCode} ${producerId}.${producerEpoch}`;
}
