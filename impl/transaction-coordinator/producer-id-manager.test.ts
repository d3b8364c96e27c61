/** Numbers and names are those of ProducerIdManagerTest in the conformance checklist. */

import { expect, test } from 'vitest';
import { ProducerIdManager } from './producer-id-manager.ts';

/** A controller that answers when told. */
class Controller {
  nowMs = 0;
  readonly asked: ((firstProducerId: number | null) => void)[] = [];
  readonly manager = new ProducerIdManager(
    { allocate: (done) => this.asked.push(done) },
    { nowMs: () => this.nowMs },
  );

  answer(firstProducerId: number | null): void {
    this.asked.shift()!(firstProducerId);
  }

  ids(count: number): readonly (number | null)[] {
    return Array.from({ length: count }, () => this.manager.generate());
  }
}

test('while no block is ready there is no id, and one request is enough (RPCProducerIdManager)', () => {
  const controller = new Controller();
  expect(controller.ids(3)).toEqual([null, null, null]);
  expect(controller.asked).toHaveLength(1);
  controller.answer(5_000);
  expect(controller.ids(2)).toEqual([5_000, 5_001]);
});

test('the next block is fetched when 90 % of the current one is handed out, and ids never repeat (143)', () => {
  const controller = new Controller();
  controller.ids(1);
  controller.answer(0);
  controller.ids(900);
  expect(controller.asked).toHaveLength(0);
  controller.ids(1);
  expect(controller.asked).toHaveLength(1);
  expect(controller.ids(99).at(-1)).toBe(999);
  expect(controller.ids(1)).toEqual([null]);
  controller.answer(7_000);
  expect(controller.ids(2)).toEqual([7_000, 7_001]);
});

test.each([
  ['144 testSanityCheckProhibitsOverlappingBlocks', 500],
  ['145 testInvalidRanges, negative', -1],
  ['145 testInvalidRanges, overflowing', Number.MAX_SAFE_INTEGER - 998],
  ['147 testUnrecoverableErrors', null],
] as const)('%s: refused', (_name, firstProducerId) => {
  const controller = new Controller();
  controller.ids(1);
  controller.answer(0);
  controller.ids(1_000);
  controller.answer(firstProducerId);
  expect(controller.ids(1)).toEqual([null]);
});

test('146 testRetryBackoff: a failed fetch is repeated after 50 ms', () => {
  const controller = new Controller();
  controller.ids(1);
  controller.answer(null);
  controller.nowMs = 49;
  controller.ids(1);
  expect(controller.asked).toHaveLength(0);
  controller.nowMs = 50;
  controller.ids(1);
  controller.answer(0);
  expect(controller.ids(1)).toEqual([0]);
});
