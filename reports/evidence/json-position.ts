/**
 * Where a text stops being JSON. Engines word and place their own message differently from version to version, and a
 * cut file deserves another answer than a broken one.
 */

const SPACE = /[ \t\r\n]*/y;
// oxlint-disable-next-line no-control-regex -- JSON forbids them in strings.
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = ['true', 'false', 'null'];

/**
 * Index of the first character that no JSON text could have there; the text's length when it ends too early. Of a
 * text that is JSON the result means nothing.
 */
export function jsonErrorPosition(text: string): number {
  const scanner = new Scanner(text);
  scanner.value();
  scanner.space();
  return scanner.position;
}

/**
 * Of a text that is JSON, the index of what a path leads to, by names of fields and numbers of items: the name of the
 * field, the first character of the item. Where the path leads nowhere, that of the last thing on the way.
 */
export function jsonPathPosition(text: string, path: readonly string[]): number {
  return new Scanner(text).find(path);
}

class Scanner {
  readonly text: string;
  position = 0;

  constructor(text: string) {
    this.text = text;
  }

  /**
   * Skips a value; false, with the position at the culprit, if there is none. Without recursion: a line may be nothing but
   * brackets.
   */
  value(): boolean {
    /** What ends each container that is open. */
    const ends: string[] = [];
    do {
      if (!this.#begin(ends)) return false;
    } while (ends.length > 0);
    return true;
  }

  /** Skips the beginning of a value up to its first part, or all of it, and whatever ends with it. */
  #begin(ends: string[]): boolean {
    this.space();
    const start = this.text[this.position];
    if (start === '{' || start === '[') {
      const end = start === '{' ? '}' : ']';
      this.position += 1;
      if (!this.#character(end)) {
        ends.push(end);
        return end === ']' || this.#key();
      }
    } else if (!(start === '"' ? this.#string() : this.#word() || this.#skip(NUMBER))) {
      return false;
    }
    return this.#end(ends);
  }

  /** After a value: on to the next one of the innermost container that has one. */
  #end(ends: string[]): boolean {
    for (let end = ends.at(-1); end !== undefined; end = ends.at(-1)) {
      if (this.#character(',')) return end === ']' || this.#key();
      if (!this.#character(end)) return false;
      ends.pop();
    }
    return true;
  }

  #key(): boolean {
    return this.#string() && this.#character(':');
  }

  space(): void {
    this.#skip(SPACE);
  }

  find(path: readonly string[]): number {
    this.space();
    let found = this.position;
    for (const step of path) {
      const next = this.#enter(step);
      if (next === -1) break;
      found = next;
    }
    return found;
  }

  /** Goes to the value of a field or to an item; returns where that begins, or -1. */
  #enter(step: string): number {
    const isObject = this.text[this.position] === '{';
    this.position += 1;
    for (let index = 0; ; index += 1) {
      this.space();
      const start = this.position;
      const name = isObject ? this.#name() : String(index);
      if (name === step) return start;
      if (!this.value() || !this.#character(',')) return -1;
    }
  }

  /** Of a field, with the colon and space behind it. */
  #name(): string | null {
    const start = this.position;
    if (!this.#string()) return null;
    const name = JSON.parse(this.text.slice(start, this.position)) as string;
    this.#character(':');
    this.space();
    return name;
  }

  #string(): boolean {
    this.space();
    return this.#skip(STRING) && this.#character('"');
  }

  /** Skips space and one character. Leaves the position at whatever stands there instead. */
  #character(expected: string): boolean {
    this.space();
    if (this.text[this.position] !== expected) return false;
    this.position += 1;
    return true;
  }

  #word(): boolean {
    const word = WORDS.find((candidate) => this.text.startsWith(candidate, this.position));
    if (word !== undefined) {
      this.position += word.length;
      return true;
    }
    const rest = this.text.slice(this.position);
    if (rest !== '' && WORDS.some((candidate) => candidate.startsWith(rest))) {
      this.position = this.text.length;
    }
    return false;
  }

  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.position;
    const match = pattern.exec(this.text);
    if (match === null) return false;
    this.position = pattern.lastIndex;
    return true;
  }
}
