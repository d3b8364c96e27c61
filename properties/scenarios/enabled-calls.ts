/** Which calls an application may make, asked of the producer machine: the generator draws from these and no others. */

import { TransitionTable } from '../../model/checker/transition-table.ts';
import type { ProducerAction } from '../../model/producer.machine.ts';
import { createProducer } from '../../model/producer.machine.ts';
import {
  initialProducerContext,
  JAVA_PRODUCER_SCOPE,
  type ProducerEvent,
} from '../../model/producer-state.ts';

/** States in which a producer waits for its application. */
export type WaitingState = 'Ready' | 'InTransaction';
export type ClientCall = 'begin' | 'send' | 'commit' | 'abort';

const EVENTS: Readonly<Record<ClientCall, ProducerEvent>> = {
  begin: { type: 'BeginTransaction' },
  send: { type: 'Send', partition: 0 },
  commit: { type: 'CommitTransaction' },
  abort: { type: 'AbortTransaction' },
};

/** Whoever waits for its application has one. */
const SOME_IDENTITY = { producerId: 0, producerEpoch: 0 };

export const ENABLED_CALLS: Readonly<Record<WaitingState, readonly ClientCall[]>> = {
  Ready: callsEnabledIn('Ready'),
  InTransaction: callsEnabledIn('InTransaction'),
};

function callsEnabledIn(state: WaitingState): readonly ClientCall[] {
  const table = new TransitionTable<ReturnType<typeof createProducer>, ProducerAction>(
    createProducer(JAVA_PRODUCER_SCOPE),
  );
  const initial = initialProducerContext(JAVA_PRODUCER_SCOPE);
  const id = table.idOf(state, { ...initial, ...SOME_IDENTITY });
  return (Object.keys(EVENTS) as ClientCall[]).filter(
    (call) => table.step(id, table.eventIdOf(EVENTS[call])).outcome === 'handled',
  );
}
