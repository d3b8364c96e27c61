import { describe, expect, test } from 'vitest';
import { alternatingBit } from './alternating-bit.fixture.ts';
import { compose } from './composition.ts';
import { bag, fifo } from './networks.ts';
import { Search } from './search.ts';

function search(composition: ReturnType<typeof alternatingBit>) {
  return new Search(compose(composition)).run();
}

describe('the alternating-bit protocol', () => {
  test('delivers exactly once where the network keeps the order', () => {
    const result = search(alternatingBit(fifo(4)));
    expect(result).toMatchObject({ verdict: 'holds', reasons: [] });
    expect(result.properties.map(({ status }) => status)).toEqual(['holds', 'reached']);
  });

  test('does not where messages overtake each other', () => {
    const { verdict, properties } = search(alternatingBit(bag(6)));
    expect(verdict).toBe('violated');
    expect(properties[0]!.trace!.map(({ action }) => action)).toMatchInlineSnapshot(`
      [
        null,
        "sender: Send",
        "receiver takes Data(bit: 0), which will come again",
        "sender takes Ack(bit: 0)",
        "sender: Send",
        "receiver takes Data(bit: 1)",
        "receiver takes Data(bit: 0)",
      ]
    `);
  });

  test('does not where the receiver does not look at the bit', () => {
    const { verdict, properties } = search(alternatingBit(fifo(4), false));
    expect(verdict).toBe('violated');
    expect(properties[0]!.trace!.map(({ action }) => action)).toMatchInlineSnapshot(`
      [
        null,
        "sender: Send",
        "receiver takes Data(bit: 0), which will come again",
        "receiver takes Data(bit: 0)",
      ]
    `);
  });

  test('is not judged behind a connection that is full', () => {
    const { verdict, reasons } = search(alternatingBit(fifo(1)));
    expect(verdict).toBe('inconclusive');
    expect(reasons).toMatchInlineSnapshot(`
      [
        "steps were not taken: receiver from sender is full",
        "steps were not taken: sender from receiver is full",
      ]
    `);
  });
});
