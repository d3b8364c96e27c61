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
export {
  FieldOverflowError,
  ImpureRuleError,
  MachineRuleError,
  MalformedRecordError,
} from './errors.ts';
export { search } from './search.ts';
export type {
  PropertyResult,
  PropertyStatus,
  SearchBounds,
  SearchResult,
  TraceStep,
} from './search.ts';
export type {
  Always,
  Field,
  FieldIndex,
  Outcome,
  Property,
  Read,
  Sometimes,
  System,
  TransitionGroup,
} from './system.ts';
export type { LocalState } from './transition-table.ts';
