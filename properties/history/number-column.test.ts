import { expect, test } from 'vitest';
import { NumberColumn } from './number-column.ts';

test.each(['int32', 'float64'] as const)(
  'a column of %s keeps what is pushed, however much',
  (kind) => {
    const column = new NumberColumn(kind);
    const scale = kind === 'int32' ? 1 : 2 ** 40;
    for (let index = 0; index < 100_000; index += 1) column.push(index * scale);
    expect(column.length).toBe(100_000);
    const wrong = Array.from({ length: 100_000 }, (_, index) => index).filter(
      (index) => column.at(index) !== index * scale,
    );
    expect(wrong).toEqual([]);
  },
);
