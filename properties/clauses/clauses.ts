/** Every clause, by area, and which of them a command's words name. */

import { ADD_CLAUSES } from './add.ts';
import { CLIENT_CLAUSES } from './client.ts';
import type { Clause } from './clause.ts';
import { END_CLAUSES } from './end.ts';
import { FENCE_CLAUSES } from './fence.ts';
import { GROUP_CLAUSES } from './group.ts';
import { IDEM_CLAUSES } from './idem.ts';
import { INIT_CLAUSES } from './init.ts';
import { LOG_CLAUSES } from './log.ts';
import { LSO_CLAUSES } from './lso.ts';
import { MARK_CLAUSES } from './mark.ts';
import { OFFSET_CLAUSES } from './offset.ts';
import { READ_CLAUSES } from './read.ts';
import { SEE_CLAUSES } from './see.ts';
import { TIME_CLAUSES } from './time.ts';
import { VERIFY_CLAUSES } from './verify.ts';

/** In the order in which reports list them. */
export const CLAUSES: readonly Clause[] = [
  ...SEE_CLAUSES,
  ...INIT_CLAUSES,
  ...FENCE_CLAUSES,
  ...ADD_CLAUSES,
  ...END_CLAUSES,
  ...MARK_CLAUSES,
  ...LOG_CLAUSES,
  ...TIME_CLAUSES,
  ...IDEM_CLAUSES,
  ...VERIFY_CLAUSES,
  ...LSO_CLAUSES,
  ...READ_CLAUSES,
  ...OFFSET_CLAUSES,
  ...GROUP_CLAUSES,
  ...CLIENT_CLAUSES,
];
