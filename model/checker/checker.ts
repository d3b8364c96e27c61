/** The checker's public entry: it knows no Kafka. docs/CHECKER.md is its page. */

export { compose } from './composition.ts';
export type {
  Choice,
  Component,
  ComposedProperty,
  Composition,
  LocalStates,
  Send,
} from './composition.ts';
export type { Addressee, Inbox, Message, Network, Option } from './network.ts';
export { bag, fifo, monotoneSet } from './networks.ts';
export { Search } from './search.ts';
export type {
  PropertyResult,
  PropertyStatus,
  SearchBounds,
  SearchResult,
  TraceStep,
} from './search.ts';
export type { Field, Outcome, Property, Read, System, TransitionGroup } from './system.ts';
