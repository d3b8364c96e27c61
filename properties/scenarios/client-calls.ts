/** Which calls an instance as the generator expects it may make next, and how often it should make each. */

import { ENABLED_CALLS, type ClientCall } from './enabled-calls.ts';
import type { ExpectedApplication, ExpectedInstance } from './expected-script.ts';

export type ApplicationCall = 'join' | 'consume' | 'transform' | 'send-offsets' | 'commit-offsets';
export type WeightedCall = readonly [ClientCall | ApplicationCall, weight: number];

/** What the producer machine enables, and what an application does around it. */
export function callsOf(
  { state, sends, application }: ExpectedInstance,
  isUnread: boolean,
): readonly WeightedCall[] {
  if (application === null) {
    return ENABLED_CALLS[state].map((call): WeightedCall => [call, callWeight(call, sends)]);
  }
  return state === 'Ready'
    ? betweenTransactions(application, isUnread)
    : withinTransaction(application, isUnread);
}

/** A transaction has some sends before it ends, more often by a commit than by an abort; few are empty. */
function callWeight(call: ClientCall, sends: number): number {
  switch (call) {
    case 'begin':
      return 1;
    case 'send':
      return 12;
    case 'commit':
      return sends === 0 ? 1 : 4 + 2 * sends;
    case 'abort':
      return sends === 0 ? 1 : 2 + sends;
  }
}

/** First it joins; what it has read it processes in a transaction. */
function betweenTransactions(
  { joined, position, consumed }: ExpectedApplication,
  isUnread: boolean,
): readonly WeightedCall[] {
  if (!joined) {
    return [
      ['join', 8],
      ['begin', 1],
    ];
  }
  const calls: WeightedCall[] = [
    ['begin', consumed ? 16 : 1],
    ['consume', isUnread && !consumed ? 16 : 2],
    ['join', 2],
  ];
  if (position !== null) calls.push(['commit-offsets', 1]);
  return calls;
}

/** Its outputs, then their offsets, then the end: a transaction that goes through comes often, one cut short sometimes. */
function withinTransaction(
  { joined, position, consumed, transformed, offsetsSent }: ExpectedApplication,
  isUnread: boolean,
): readonly WeightedCall[] {
  const calls: WeightedCall[] = [['abort', transformed ? 4 : 2]];
  if (joined) calls.push(['consume', isUnread ? 8 : 1]);
  if (position !== null && offsetsSent) calls.push(['commit-offsets', 1]);
  if (consumed && !offsetsSent) calls.push(['transform', 24]);
  if (transformed && !offsetsSent) calls.push(['send-offsets', 24]);
  if (!transformed || offsetsSent) calls.push(['commit', transformed ? 20 : 2]);
  if (!offsetsSent) calls.push(['send', 1]);
  return calls;
}
