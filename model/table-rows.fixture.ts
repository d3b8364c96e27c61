/** Tables in tests: one line a row, cells between bars, the expected outcome in the last columns. */

export function rowsOf(text: string): readonly (readonly string[])[] {
  return text
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
}
