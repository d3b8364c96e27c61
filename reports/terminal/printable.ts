/** Text from outside, for a terminal: what could move its cursor, colour it or turn its lines around is spelt out. */

/** Control characters of ASCII and Latin-1, line separators, and marks of direction. */
// oxlint-disable-next-line no-control-regex -- they are what is looked for.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

/** `\u001b` for an escape, and so on. */
export function printable(text: string): string {
  return text.replaceAll(
    UNPRINTABLE,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
