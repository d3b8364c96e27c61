import { describe, expect, test } from 'vitest';
import { setup } from 'xstate';
import { alternatingBit } from './alternating-bit.fixture.ts';
import { compose } from './composition.ts';
import { bag, fifo } from './networks.ts';
import { search } from './search.ts';

function checked(composition: ReturnType<typeof alternatingBit>) {
  return search(compose(composition));
}

describe('the alternating-bit protocol', () => {
  test('delivers exactly once where the network keeps the order', () => {
    const result = checked(alternatingBit(fifo(4)));
    expect(result).toMatchObject({ verdict: 'holds', reasons: [] });
    expect(result.properties.map(({ status }) => status)).toEqual(['holds', 'reached']);
  });

  test('does not where messages overtake each other', () => {
    const { verdict, properties } = checked(alternatingBit(bag(6)));
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
    const { verdict, properties } = checked(alternatingBit(fifo(4), false));
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
    const { verdict, reasons } = checked(alternatingBit(fifo(1)));
    expect(verdict).toBe('inconclusive');
    expect(reasons).toMatchInlineSnapshot(`
      [
        "steps were not taken: receiver from sender is full",
        "steps were not taken: sender from receiver is full",
      ]
    `);
  });
});

describe('a composition', () => {
  const protocol = alternatingBit(fifo(4));

  test('is named with its network and its budgets', () => {
    expect(checked(protocol).system).toBe(
      'alternating bit; FIFO of at most 4 messages a connection; at most 2 lose, 1 repeat, 2 time',
    );
  });

  test('refuses a budget that nothing is paid from', () => {
    const budgets = { ...protocol.budgets, loss: 1 };
    expect(() => checked({ ...protocol, budgets })).toThrow('found loss');
  });

  test('refuses an output that is not called send', () => {
    const bell = setup({ actions: { ring: () => undefined } }).createMachine({
      id: 'bell',
      context: {},
      initial: 'Silent',
      states: { Silent: { on: { Press: { actions: 'ring' } } } },
    });
    const component = { machine: bell, choices: [{ event: { type: 'Press' } }], receives: [] };
    const alone = { ...protocol, budgets: {}, properties: [] };
    const components = [{ ...component, name: 'bell' }];
    expect(() => checked({ ...alone, components })).toThrow('found "ring", on Press');
  });

  test('refuses a message that its recipient does not receive, and two of one name', () => {
    const [sender, receiver] = protocol.components as [
      (typeof protocol.components)[number],
      (typeof protocol.components)[number],
    ];
    const deaf = { ...receiver, receives: [] };
    expect(() => checked({ ...protocol, components: [sender, deaf] })).toThrow(
      'expected sender to send receiver what it receives; found Data(bit: 0)',
    );
    const twin = { ...receiver, name: 'sender' };
    expect(() => checked({ ...protocol, components: [sender, twin] })).toThrow(
      'found sender twice',
    );
  });
});
