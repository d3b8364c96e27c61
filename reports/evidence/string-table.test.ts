import { expect, test } from 'vitest';
import { StringTable } from './string-table.ts';

const HASH = 7;

function put(table: StringTable, text: string, hash: number): string {
  const bytes = Buffer.from(text);
  return table.strings[table.intern(bytes, 0, bytes.length, hash)]!;
}

test('a string is the same one again, whatever else has its hash', () => {
  const table = new StringTable();
  const texts = ['a', 'b', 'ab', ''];
  expect(texts.map((text) => put(table, text, HASH))).toEqual(texts);
  expect(texts.map((text) => put(table, text, HASH))).toEqual(texts);
  expect(table.strings).toEqual(texts);
});

test('a full table is emptied, but for what was pinned', () => {
  const table = new StringTable();
  put(table, 'name', HASH);
  table.pin();
  const numbers = Array.from({ length: 100_000 }, (_, number) => number);
  for (const number of numbers)
    expect(put(table, `value-${number}`, number)).toBe(`value-${number}`);
  expect(table.strings.length).toBeLessThan(2 ** 15);
  expect(table.strings[0]).toBe('name');
  const bytes = Buffer.from('name');
  expect(table.intern(bytes, 0, bytes.length, HASH)).toBe(0);
});
