import { describe, expect, test } from 'vitest';
import { configuration, sellTwice, topics } from '../../examples/first-transaction.ts';
import type { TransactionVersion } from '../../protocol/transaction-version.ts';
import { PLAIN } from '../../reports/terminal/style.ts';
import { renderWalk } from '../../reports/walk/render-text.ts';
import type { Walk } from '../../reports/walk/walk-document.ts';
import { CallFailedError, walk } from '../../properties/walk/walk.ts';

function walkAt(transactionVersion: TransactionVersion): Promise<Walk> {
  return walk({ transactionVersion, configuration, topics }, sellTwice);
}

/** RPCs that the producer sent, with versions, in order. */
function producerRequests({ calls }: Walk): readonly string[] {
  return calls
    .flatMap(({ untilReturn, afterReturn }) => [...untilReturn, ...afterReturn])
    .flatMap((event) =>
      event.kind === 'sent' && event.leg === 'request' && event.from === 'shop#1'
        ? [`${event.api} v${event.apiVersion}`]
        : [],
    );
}

describe('the walk through a first transactional producer', () => {
  test('under TV2 partitions are added by Produce and every end answers with a new epoch (KIP-890)', async () => {
    const text = renderWalk(await walkAt(2), { style: PLAIN, columns: 100 });
    await expect(text).toMatchFileSnapshot('./__snapshots__/walk-tv2.txt');
    expect(producerRequests(await walkAt(2))).not.toContain('AddPartitionsToTxn v3');
    expect(text).toContain('EndTxn answer NONE (1000,1)');
  });

  test('under TV1 the producer adds partitions itself and keeps its epoch (KIP-98)', async () => {
    const text = renderWalk(await walkAt(1), { style: PLAIN, columns: 100 });
    await expect(text).toMatchFileSnapshot('./__snapshots__/walk-tv1.txt');
    expect(producerRequests(await walkAt(1))).toContain('AddPartitionsToTxn v3');
    expect(text).not.toContain('(1000,1)');
  });

  test('readers of committed records see a transaction only after its markers', async () => {
    const { calls } = await walkAt(2);
    const commit = calls.find(({ call }) => call === 'commitTransaction()')!;
    expect(commit.atReturn.map(({ readCommitted }) => readCommitted)).toEqual([[], []]);
    expect(commit.whenQuiet!.map(({ readCommitted }) => readCommitted)).toEqual([
      ['order 1'],
      ['payment 1'],
    ]);
  });

  test('a call that is not allowed is an error of the application, not a silent step', async () => {
    const walking = walk({ transactionVersion: 2, configuration, topics }, async (producer) => {
      await producer.commitTransaction();
    });
    await expect(walking).rejects.toThrow(CallFailedError);
  });
});
