/** Which clauses the user means: by id, by glob, by area, by level. */

import { AREAS, areaOf, type Clause } from '../properties/clauses/clause.ts';
import { CLAUSES } from '../properties/clauses/clauses.ts';
import { CLAUSE_LEVELS } from '../reports/evidence/clause.ts';
import { UsageError } from './errors.ts';
import { parseName } from './option-values.ts';
import { nearestName } from './nearest-name.ts';

/** None given: all of them. A word that names no clause is refused: it would check nothing. */
export function selectedClauses(
  words: readonly string[],
  level: string | undefined,
): readonly Clause[] {
  const chosen = words.map(clausesNamed);
  const byWord = CLAUSES.filter(
    (clause) => chosen.length === 0 || chosen.some((clauses) => clauses.includes(clause)),
  );
  if (level === undefined) return byWord;
  const wanted = parseName('level', level, CLAUSE_LEVELS);
  return byWord.filter((clause) => clause.level === wanted);
}

/** `END` is an area, `EOS-END-0*` a glob, `EOS-END-03` one clause. */
function clausesNamed(word: string): readonly Clause[] {
  const pattern = word.toUpperCase();
  const found =
    pattern in AREAS
      ? CLAUSES.filter(({ id }) => areaOf(id) === pattern)
      : CLAUSES.filter(({ id }) => globPattern(pattern).test(id));
  if (found.length > 0) return found;
  const areas = Object.keys(AREAS);
  const nearest = nearestName(pattern, [...areas, ...CLAUSES.map(({ id }) => id)]);
  const advice = nearest === null ? '' : ` Did you mean ${nearest}?`;
  throw new UsageError(
    `Unknown clause "${word}": expected an id such as ${CLAUSES[0]!.id}, a glob such as EOS-END-*, or an area ` +
      `(${areas.join(', ')}).${advice}`,
  );
}

/** `*` is any text, `?` any character; everything else is itself. */
function globPattern(glob: string): RegExp {
  const source = glob
    .replaceAll(/[.+^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`);
}
