import { expect, test } from 'vitest';
import type { Endpoint, Message } from '../../impl/simulation/network.ts';
import type { Request, Response } from '../../protocol/messages/rpc.ts';
import { Ghosts } from './ghosts.ts';

const INSTANCES = new Map([
  ['A#1', { name: 'A#1', transaction: 1 }],
  ['B#1', { name: 'B#1', transaction: 4 }],
]);

function message(id: number, sender: string, request: Request): Message {
  const response = { errorCode: 'NONE' } as Response;
  return { id, broker: 0, sender: { name: sender } as Endpoint, request, response };
}

function endOf(id: number, sender: string, producerId: number): Message {
  const body = { transactionalId: sender, producerId, producerEpoch: 0, committed: true };
  return message(id, sender, { api: 'EndTxn', apiVersion: 3, body });
}

function markersOf(id: number, ...producerIds: readonly number[]): Message {
  const commit = {
    producerEpoch: 0,
    result: 'COMMIT',
    coordinatorEpoch: 0,
    transactionVersion: 0,
    partitions: ['a-0'],
  } as const;
  const markers = producerIds.map((producerId) => ({ ...commit, producerId }));
  return message(id, 'coordinator', { api: 'WriteTxnMarkers', apiVersion: 1, body: { markers } });
}

test('each marker of a request ends the transaction of its own producer, and so does its copy', () => {
  const ghosts = new Ghosts((sender) => INSTANCES.get(sender));
  for (const end of [endOf(0, 'A#1', 1000), endOf(1, 'B#1', 1001)]) {
    ghosts.sent(end);
    ghosts.answered(end);
  }
  const one = markersOf(2, 1001);
  const both = markersOf(3, 1000, 1001);
  const copy = markersOf(4, 1000, 1001);
  for (const markers of [one, both]) ghosts.sent(markers);
  ghosts.duplicated(both, copy);
  expect(ghosts.of(one)).toEqual({ instance: 'B#1', transaction: 4 });
  for (const markers of [both, copy]) {
    expect(ghosts.of(markers)).toBeUndefined();
    expect(ghosts.ofMarker(markers, 1000)).toEqual({ instance: 'A#1', transaction: 1 });
    expect(ghosts.ofMarker(markers, 1001)).toEqual({ instance: 'B#1', transaction: 4 });
  }
});
