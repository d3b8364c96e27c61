import { describe, expect, test } from 'vitest';
import { judge, witnessed, type ClaimCase } from './claim-cases.ts';
import { zombieFencing } from './zombie-fencing.ts';

const OLDER = `
  A#1 init A => ok 7 0
  A#1 begin 1 => ok
  A#1 send 1 a-0 x => ok 0
`;
const NEWER = 'A#2 init A => ok 7 2';
const MEMBER = `
  A#1 init A => ok 7 0
  A#1 join g => ok 1 m
  A#1 begin 1 => ok
`;
const ACCEPTED =
  'offsets of generation 1 that A#1 sent for group g were accepted, although generation 2 had begun before';
const EMPTY = 'A#1 init A => ok 7 0\nA#1 begin 1 => ok\n';
const COMMITTED =
  'A#1 was told that its commit of transaction 1 of A#1 happened, although A#2 had superseded it before';
const READ = 'y, sent by A#1 after A#2 had superseded it, is readable in a-0';

const CASES: readonly ClaimCase[] = [
  ['a commit before the newer instance', `${OLDER}A#1 commit 1 => ok\n${NEWER}`, null],
  ['a commit after the newer instance', `${OLDER}${NEWER}\nA#1 commit 1 => ok`, COMMITTED],
  [
    'an abort after the newer instance',
    `${OLDER}${NEWER}\nA#1 abort 1 => ok`,
    COMMITTED.replace('commit', 'abort'),
  ],
  ['a commit after it, refused', `${OLDER}${NEWER}\nA#1 commit 1 => failed PRODUCER_FENCED`, null],
  ['a commit after it, unknown', `${OLDER}${NEWER}\nA#1 commit 1 => unknown`, null],
  [
    'a commit that is asked for again, and is told the answer to the first',
    `${OLDER}A#1 commit 1 => unknown\n${NEWER}\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'a commit that is asked for again, the first one of which failed for certain',
    `${OLDER}A#1 commit 1 => failed TIMEOUT\n${NEWER}\nA#1 commit 1 => ok`,
    COMMITTED,
  ],
  [
    'a commit that is asked for twice by one that is superseded',
    `${OLDER}${NEWER}\nA#1 commit 1 => unknown\nA#1 commit 1 => ok`,
    COMMITTED,
  ],
  ['a commit that was under way', `${OLDER}c: A#1 commit 1\n${NEWER}\nc => ok`, null],
  [
    'a commit while the newer init is under way',
    `${OLDER}i: A#2 init A\nA#1 commit 1 => ok\ni => ok 7 2`,
    null,
  ],
  [
    'a newer instance whose init is unknown',
    `${OLDER}A#2 init A => unknown\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'an instance of another transactional id',
    `${OLDER}B#1 init B => ok 8 0\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'idempotent producers do not fence each other',
    `A#1 init - => ok 7 0\nA#2 init - => ok 8 0\nA#1 send - a-0 y => ok 0\nR poll committed a-0 => y@0`,
    null,
  ],
  [
    'an empty commit, which the client answers itself',
    `${EMPTY}${NEWER}\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'a commit without acknowledged sends that the coordinator accepted',
    `${EMPTY}${NEWER}\nc: A#1 commit 1\nA#1 request EndTxn\nA#1 response 0 NONE\nc => ok`,
    COMMITTED,
  ],
  [
    'a commit without acknowledged sends that the coordinator refused or never answered',
    `${EMPTY}${NEWER}\nc: A#1 commit 1\nA#1 request EndTxn\nA#1 response 0 lost\nA#1 request FindCoordinator\nA#1 response 1 NONE\nc => ok`,
    null,
  ],
  [
    'two instances without epochs, one after the other',
    `${OLDER.replace(' 7 0', '')}A#2 init A => ok\nA#1 commit 1 => ok`,
    COMMITTED,
  ],
  [
    'an instance initialised later, whatever epoch it was given, is the newer one',
    `A#2 init A => ok 7 2\n${OLDER}A#1 commit 1 => ok`,
    null,
  ],
  [
    'a send after the newer instance, read',
    `${OLDER}${NEWER}\nA#1 send 1 a-0 y => unknown\nR poll committed a-0 => y@1`,
    READ,
  ],
  [
    'a send after it, read as uncommitted only',
    `${OLDER}${NEWER}\nA#1 send 1 a-0 y => unknown\nR poll uncommitted a-0 => y@1`,
    null,
  ],
  [
    'a send that was under way, read',
    `${OLDER}A#1 send 1 a-0 y\n${NEWER}\nR poll committed a-0 => y@1`,
    null,
  ],
  [
    'the newer one itself',
    `${OLDER}${NEWER}\nA#2 begin 1 => ok\nA#2 send 1 a-0 y => ok 1\nA#2 commit 1 => ok\nR poll committed a-0 => y@1`,
    null,
  ],
  [
    'the older one, initialised again',
    `${OLDER}${NEWER}\nA#1 init A => ok 7 3\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'the newer one, superseded in its turn',
    `${EMPTY}A#2 init A => ok 7 1\nA#2 begin 1 => ok\nA#2 send 1 a-0 y => ok 0\nA#1 init A => ok 7 3\nA#2 commit 1 => ok`,
    'A#2 was told that its commit of transaction 1 of A#2 happened, although A#1 had superseded it before',
  ],
  [
    'two overlapping inits, answered in the other order: the higher epoch is the newer',
    `i: A#2 init A\nA#1 init A => ok 7 1\ni => ok 7 0\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'two overlapping inits: the lower epoch is superseded once both have returned',
    `i: A#2 init A\nA#1 init A => ok 7 0\ni => ok 7 1\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0\nA#1 commit 1 => ok`,
    COMMITTED,
  ],
  [
    'two overlapping inits without epochs',
    `i: A#2 init A\nA#1 init A => ok\ni => ok\nA#1 begin 1 => ok\nA#1 send 1 a-0 x => ok 0\nA#1 commit 1 => ok`,
    null,
  ],
  [
    'offsets of a generation that is over',
    `${MEMBER}B#1 join g => ok 2 n\nA#1 send-offsets 1 g 1 m in-0=2 => ok`,
    ACCEPTED,
  ],
  [
    'offsets of a generation that is over, refused',
    `${MEMBER}B#1 join g => ok 2 n\nA#1 send-offsets 1 g 1 m in-0=2 => failed ILLEGAL_GENERATION`,
    null,
  ],
  [
    'offsets of a generation that is over, unknown',
    `${MEMBER}B#1 join g => ok 2 n\nA#1 send-offsets 1 g 1 m in-0=2 => unknown`,
    null,
  ],
  [
    'offsets that were under way when the next generation began',
    `${MEMBER}s: A#1 send-offsets 1 g 1 m in-0=2\nB#1 join g => ok 2 n\ns => ok`,
    null,
  ],
  [
    'offsets while the next generation is still forming',
    `${MEMBER}j: B#1 join g\nA#1 send-offsets 1 g 1 m in-0=2 => ok\nj => ok 2 n`,
    null,
  ],
  [
    'offsets of the newest generation',
    `${MEMBER}B#1 join g => ok 2 n\nA#1 join g => ok 3 m\nA#1 send-offsets 1 g 3 m in-0=2 => ok`,
    null,
  ],
  [
    'offsets for another group',
    `${MEMBER}B#1 join h => ok 2 n\nA#1 send-offsets 1 g 1 m in-0=2 => ok`,
    null,
  ],
  [
    'offsets that name the group alone, which fences nobody',
    `${MEMBER}B#1 join g => ok 2 n\nA#1 send-offsets 1 g - in-0=2 => ok`,
    null,
  ],
];

describe('ZombieFencing (KIP-98, KIP-447)', () => {
  test.each(CASES)('%s', (_, history, message) => {
    expect(judge(zombieFencing, history)).toBe(message);
  });

  test.each([
    ['a superseded instance sends', `${EMPTY}${NEWER}\nA#1 send 1 a-0 y => failed`, true],
    ['a superseded instance commits', `${OLDER}${NEWER}\nA#1 commit 1 => failed`, true],
    ['it ends an empty transaction', `${EMPTY}${NEWER}\nA#1 commit 1 => ok`, false],
    [
      'a member sends offsets after its generation',
      `${MEMBER}B#1 join g => ok 2 n\nA#1 send-offsets 1 g 1 m in-0=2 => failed`,
      true,
    ],
    [
      'a member sends offsets within its generation',
      `${MEMBER}A#1 send-offsets 1 g 1 m in-0=2 => ok`,
      false,
    ],
    ['it stays silent', `${OLDER}${NEWER}`, false],
  ])('witness: %s', (_, history, reached) => {
    expect(witnessed(zombieFencing, history)).toBe(reached);
  });
});
