/** Claims that are judged of what is open keep as much of a long history as of a short one. */

import { expect, test } from 'vitest';
import { CLAIMS } from '../properties/claims/all-claims.ts';
import { isFolded, type Claim } from '../properties/claims/claim.ts';
import type { HistoryEvent } from '../reports/evidence/history.ts';
import { generated, keptBytes } from './kept-bytes.ts';

/** What the engine itself keeps more or less of, from one collection to the next. */
const NOISE_BYTES = 1024 * 1024;

type Source = Parameters<typeof keptBytes>[0];

/** What is kept of a long history beyond what is of a short one. The first time pays for compiling. */
function growth(long: Source, short: Source, claims: readonly Claim[]): number {
  keptBytes(long, claims);
  return keptBytes(long, claims) - keptBytes(short, claims);
}

const FOLDED = CLAIMS.filter(isFolded);

test('of calls', () => {
  const [long, short] = [300_000, 10_000];
  const more = growth(generated(long), generated(short), FOLDED);
  expect(more, `${more / (long - short)} bytes a call`).toBeLessThan(NOISE_BYTES);
});

test('of processes', () => {
  const [long, short] = [60_000, 1_000];
  const more = growth(instances(long), instances(short), FOLDED);
  expect(more, `${more / (long - short)} bytes an instance`).toBeLessThan(NOISE_BYTES);
});

test('and another claim more', () => {
  const whole = CLAIMS.filter((claim) => !isFolded(claim)).slice(0, 1);
  expect(growth(generated(40_000), generated(10_000), whole)).toBeGreaterThan(4 * NOISE_BYTES);
});

/**
 * Each transaction by an instance of its own, which is superseded while it is open, or is killed in the middle of a
 * call; and a reader of its own. Every third one comes back when it is superseded, and is refused. Each has sent a record
 * of which it is not told, and which nobody ever reads; in the end each is gone.
 */
function instances(count: number): Source {
  return (take) => {
    let op = 0;
    let request = 0;
    let time = 0;
    const call = (event: object, answer: object | null): void => {
      const at = { time: ++time, op: op++ };
      take({ type: 'invoke', ...at, ...event } as HistoryEvent);
      const { process } = event as { readonly process: string };
      if (answer !== null) take({ ...at, process, type: 'ok', ...answer } as HistoryEvent);
    };
    const attempt = (process: string, api: string, errorCode: string | null): void => {
      const at = { time: ++time, process, request: request++ };
      take({ type: 'request', ...at, api, apiVersion: 5 } as HistoryEvent);
      take({ type: 'response', ...at, errorCode } as HistoryEvent);
    };
    for (let number = 1; number <= count; number += 1) {
      const process = `A#${number}`;
      const offset = 2 * number;
      call({ process, call: 'init', transactionalId: 'A', transactionTimeoutMs: 9 }, {});
      attempt(process, 'InitProducerId', 'NONE');
      if (number % 3 === 1 && number > 1) {
        const zombie = `A#${number - 1}`;
        attempt(zombie, 'EndTxn', null);
        const refused = { type: 'failed', error: 'PRODUCER_FENCED' };
        call({ process: zombie, call: 'commit', transaction: 1 }, refused);
      }
      if (number % 3 !== 0 && number > 1) {
        take({ type: 'crash', time, process: `A#${number - 1}` });
      }
      const sent = { process, call: 'send', transaction: 1, partition: 'a-0' };
      call({ process, call: 'begin', transaction: 1 }, {});
      call({ ...sent, value: `x${number}` }, { offset });
      call({ ...sent, value: `y${number}` }, null);
      const reader = { process: `R#${number}`, call: 'poll', partition: 'a-0', final: false };
      const told = { position: offset, highWatermark: offset + 1, lastStableOffset: offset };
      const poll = { ...reader, isolation: 'read_committed', from: offset - 1 };
      call(poll, { records: [], ...told });
      take({ type: 'crash', time, process: reader.process });
      if (number % 3 === 2) {
        attempt(process, 'EndTxn', null);
        call({ process, call: 'commit', transaction: 1 }, null);
        take({ type: 'crash', time, process });
      }
    }
  };
}
