import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test.each([
  ['nothing to do: <b>café</b> 漢字', 'nothing to do: <b>café</b> 漢字'],
  ['\u001b[31mred', '\\u001b[31mred'],
  ['\u009b31m', '\\u009b31m'],
  ['bell\u0007 back\b line\n tab\t', 'bell\\u0007 back\\u0008 line\\u000a tab\\u0009'],
  ['\u202etxet', '\\u202etxet'],
])('%j', (text, expected) => {
  expect(printable(text)).toBe(expected);
});
