/** What each fault does, for people. */

import type { FaultKind } from '../reports/evidence/scenario.ts';

export const FAULT_DESCRIPTIONS: Readonly<Record<FaultKind, string>> = {
  'crash-producer': 'A producer instance stops; what it had sent still travels.',
  zombie: 'A newer instance of a transactional id starts while an older one lives on.',
  'crash-coordinator':
    'The transaction coordinator stops, loses what was not flushed, and reloads its log.',
  'crash-leader': 'A partition leader stops, loses what was not flushed, and reloads its log.',
  'crash-group-coordinator':
    'The group coordinator stops, loses what was not flushed, and reloads its log.',
  'lose-request': 'One request never arrives; its sender times out.',
  'lose-response': 'A request takes effect, but its answer never arrives.',
  'delay-request': "A request is held back, possibly past its sender's patience, and arrives late.",
  'delay-response':
    'A request takes effect; its answer, and all behind it, comes when things have moved on.',
  'duplicate-request': 'A copy of a request arrives later, on the old connection.',
  'time-out-transaction': "The clock passes the transaction timeout and the coordinator's check.",
  'fail-append':
    'A record of the transaction log is refused for want of replicas, though it may be in the log.',
};
