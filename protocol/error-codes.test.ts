import { expect, test } from 'vitest';
import { ERROR_CODES } from './error-codes.ts';

/** By number, as Errors.java orders them; the classes are subclasses of RetriableException. */
const RETRIABLE = [2, 3, 6, 7, 13, 14, 15, 16, 19, 20, 51, 56, 74, 75, 78, 88, 100];

test('every error code has a number of its own', () => {
  const codes = Object.values(ERROR_CODES).map(({ code }) => code);
  expect(new Set(codes).size).toBe(codes.length);
});

test('the retriable ones are those whose exception class is a RetriableException (Errors.java)', () => {
  const retriable = Object.values(ERROR_CODES).flatMap(({ code, retriable: is }) =>
    is ? [code as number] : [],
  );
  expect(new Set(retriable)).toEqual(new Set(RETRIABLE));
});
