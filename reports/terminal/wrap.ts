/** Line breaking. */

/** Breaks between words so that no line is longer than `width`; a longer word is broken. At least one line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((part) => pieces(part, width))) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function pieces(word: string, width: number): string[] {
  if (word.length <= width) return [word];
  return [word.slice(0, width), ...pieces(word.slice(width), width)];
}

/** The lines of an item of a list, indented by two. */
export function bullet(text: string, columns: number): string[] {
  return wrap(text, columns - 4).map((line, index) => `${index === 0 ? '  - ' : '    '}${line}`);
}
