/** Compares an answer with the recorded one: what the reference says must stand there; what it does not know may. */

import type { Fields } from './response-fields.ts';

/** Where two answers differ, a line each, for people. `isSame` decides about two leaves. */
export function fieldDifferences(
  found: unknown,
  expected: unknown,
  isSame: (field: string, found: unknown, expected: unknown) => boolean,
  path = '',
): string[] {
  if (Array.isArray(found)) {
    if (!Array.isArray(expected) || expected.length !== found.length) {
      return [difference(path, found, expected)];
    }
    const [left, right] = [inOrder(found), inOrder(expected)];
    return left.flatMap((item, index) =>
      fieldDifferences(item, right[index], isSame, `${path}[${index}]`),
    );
  }
  if (typeof found === 'object' && found !== null) {
    if (typeof expected !== 'object' || expected === null) {
      return [difference(path, found, expected)];
    }
    return Object.entries(found as Fields).flatMap(([key, value]) =>
      fieldDifferences(
        value,
        (expected as Fields)[key],
        isSame,
        path === '' ? key : `${path}.${key}`,
      ),
    );
  }
  const field = path.replace(/^.*\./, '');
  return isSame(field, found, expected) ? [] : [difference(path, found, expected)];
}

function difference(path: string, found: unknown, expected: unknown): string {
  return `${path}: expected ${JSON.stringify(expected) ?? 'nothing'}, found ${JSON.stringify(found) ?? 'nothing'}`;
}

/** Partitions by their index: the order in which a broker answers about them says nothing. */
function inOrder(items: readonly unknown[]): readonly unknown[] {
  return items.toSorted((left, right) => indexOf(left) - indexOf(right));
}

function indexOf(item: unknown): number {
  const fields = typeof item === 'object' && item !== null ? (item as Fields) : {};
  return Number(fields['Index'] ?? fields['PartitionIndex'] ?? 0);
}
