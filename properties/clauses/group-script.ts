/**
 * Steps for one group coordinator and the group `g`, which reads `in-0`. Transactions are open at their coordinator, unless
 * `verdict CODE` makes it say otherwise.
 *
 * - `stable`: the group gets one member, at generation 1. `join`: another one asks to join.
 * - `offset 5 in 7.0`: TxnOffsetCommit of offset 5 in the transaction of producer 7, epoch 0; `offset 5`: OffsetCommit. Both
 *   by the group id alone, or with `member` (the stable group's), `id=x`, `generation=0`, `instance=i`; `v4`: the version.
 * - `fetch`, `fetch unstable`: OffsetFetch, the first with RequireStable.
 * - `commit 7.1 c0 tv2`, `abort 7.1 c0 tv2`: markers. `by-hand`, `flush`: replication. `crash`: the broker starts again.
 */

import { GROUP, GroupBench } from '../../impl/group-coordinator/scripted-group.ts';
import type { Overrides } from '../../impl/simulation/overrides.ts';
import type { ErrorCode } from '../../protocol/error-codes.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';

/** Answers of one request, of which any number may come later. */
interface Asked {
  readonly answers: readonly {
    readonly partitions: readonly { readonly errorCode: ErrorCode }[];
  }[];
  told: number;
}

export class GroupScript {
  readonly #bench: GroupBench;
  #memberId = '';
  #asked: Asked[] = [];

  constructor({ groupCoordinator }: Overrides) {
    this.#bench = new GroupBench(groupCoordinator);
  }

  step(step: string): string {
    const [verb = '', ...words] = step.split(' ');
    const told = this.#do(verb, words);
    return told ?? (this.#news() || 'nothing');
  }

  #do(verb: string, words: readonly string[]): string | null {
    const bench = this.#bench;
    switch (verb) {
      case 'offset':
        this.#asked.push(this.#offset(words));
        return null;
      case 'fetch':
        return String(bench.fetch(words[0] !== 'unstable'));
      case 'commit':
      case 'abort':
        return this.#marker(verb, words);
      default:
        this.#world(verb, words);
        return null;
    }
  }

  #world(verb: string, [word = '']: readonly string[]): void {
    const bench = this.#bench;
    switch (verb) {
      case 'stable':
        this.#memberId = bench.stableGroup();
        return;
      case 'join':
        bench.joinAnew();
        return;
      case 'verdict':
        bench.verdict = word as ErrorCode;
        return;
      case 'by-hand':
        bench.replicatesAtOnce = false;
        return;
      case 'flush':
        return bench.flush();
      case 'crash':
        this.#asked = [];
        return bench.crash();
      default:
        throw new Error(`a step is one of the group script's verbs; found ${verb}`);
    }
  }

  #offset(words: readonly string[]): Asked {
    const option = (name: string): string | undefined =>
      words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
    const isMember = words.includes('member');
    const version = words.find((word) => /^v\d+$/.test(word))?.slice(1);
    const body = {
      groupId: GROUP,
      generationIdOrMemberEpoch: Number(option('generation') ?? (isMember ? 1 : -1)),
      memberId: option('id') ?? (isMember ? this.#memberId : ''),
      groupInstanceId: option('instance') ?? null,
      offsets: [
        {
          partition: 'in-0',
          committedOffset: Number(words[0]),
          committedLeaderEpoch: -1,
          committedMetadata: '',
        },
      ],
    };
    const identity = words[words.indexOf('in') + 1] ?? '';
    if (!words.includes('in')) {
      return { answers: this.#bench.ask('OffsetCommit', Number(version ?? 8), body), told: 0 };
    }
    const [producerId = 0, producerEpoch = 0] = identity.split('.').map(Number);
    const transactional = {
      ...body,
      transactionalId: `id-${producerId}`,
      producerId,
      producerEpoch,
    };
    const answers = this.#bench.ask('TxnOffsetCommit', Number(version ?? 5), transactional);
    return { answers, told: 0 };
  }

  #marker(
    verb: 'commit' | 'abort',
    [identity = '', coordinator = '', version = '']: readonly string[],
  ): string {
    const [producerId = 0, producerEpoch = 0] = identity.split('.').map(Number);
    const written = this.#bench.marker(verb === 'commit' ? 'COMMIT' : 'ABORT', producerEpoch, {
      producerId,
      coordinatorEpoch: Number(coordinator.slice(1)),
      transactionVersion: Number(version.slice(2)) as TransactionVersion,
    });
    return written === 'NONE' ? 'written' : (written ?? 'nothing');
  }

  #news(): string {
    const news: string[] = [];
    for (const asked of this.#asked) {
      const answers = asked.answers.slice(asked.told);
      asked.told = asked.answers.length;
      news.push(
        ...answers.map(({ partitions }) => partitions.map(({ errorCode }) => errorCode).join(' ')),
      );
    }
    return news.join(', ');
  }
}
