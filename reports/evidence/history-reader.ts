/**
 * Reads a history from chunks of bytes, line by line, however long the whole is. A plain line is parsed fast; any other
 * line is parsed by JSON.parse and the schema, which also word what is wrong with it.
 */

import { describeIssue } from './describe-issue.ts';
import { EvidenceError } from './errors.ts';
import { HistoryLineParser } from './history-line-parser.ts';
import {
  attemptSchema,
  completionSchema,
  crashSchema,
  HISTORY_SCHEMA_VERSION,
  historyEventSchema,
  historyHeaderSchema,
  type HistoryEvent,
  type HistoryHeader,
} from './history.ts';
import { jsonPathPosition } from './json-position.ts';
import {
  atPath,
  check,
  malformed,
  parseJson,
  type Evidence,
  type Format,
  type PlaceOf,
} from './read.ts';

const LINE_FEED = 0x0a;
/** A poll of a hundred thousand records is a tenth of it. */
const LINE_MAX_BYTES = 1 << 26;

const HISTORY: Format<HistoryHeader> = {
  kind: 'history',
  schemaVersion: HISTORY_SCHEMA_VERSION,
  schema: historyHeaderSchema,
  advice:
    'A history is JSON Lines: a header, then an event a line (docs/schemas/history-line.json).',
};

const EVENT_TYPES: readonly HistoryEvent['type'][] = [
  'invoke',
  ...[...completionSchema.options, ...attemptSchema.options, crashSchema].map(
    ({ shape }) => shape.type.value,
  ),
];
const FOUND_MAX_LENGTH = 80;

export interface HistoryFile {
  readonly header: HistoryHeader;
  readonly events: readonly HistoryEvent[];
}

/** Checks each line by itself; whether the events make sense together is the history linter's question. */
export function readHistory(text: string, file: string): Evidence<HistoryFile> {
  const events: HistoryEvent[] = [];
  const reader = new HistoryReader(file, (event) => void events.push(event));
  reader.push(Buffer.from(text));
  return { value: { header: reader.end(), events }, warnings: [] };
}

/** The column of a field in the line that was read last, from 1; that of the line's beginning, if it has no such field. */
export type ColumnOf = (field: string) => number;

export class HistoryReader {
  readonly #file: string;
  readonly #onEvent: (event: HistoryEvent, columnOf: ColumnOf) => void;
  readonly #parser = new HistoryLineParser();
  readonly #decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  /** The beginning of a line whose end has not come. */
  #rest: Buffer[] = [];
  #restBytes = 0;
  #header: HistoryHeader | null = null;
  #lines = 0;
  /** The bytes that the line stands in which was read last, and where it begins. */
  #line: Buffer = Buffer.alloc(0);
  #lineStart = 0;

  /** `file` is how to call it in messages. The n-th event stands on line n + 1, after the header. */
  constructor(file: string, onEvent: (event: HistoryEvent, columnOf: ColumnOf) => void) {
    this.#file = file;
    this.#onEvent = onEvent;
  }

  push(chunk: Buffer): void {
    let from = 0;
    if (this.#restBytes > 0) {
      from = chunk.indexOf(LINE_FEED) + 1;
      if (from === 0) {
        this.#keep(chunk);
        return;
      }
      this.#keep(chunk.subarray(0, from));
      this.#lineFrom(Buffer.concat(this.#rest), 0);
      this.#rest = [];
      this.#restBytes = 0;
    }
    while (from < chunk.length) {
      const next = this.#lineFrom(chunk, from);
      if (next === -1) break;
      from = next;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  /** After the last chunk. A last line without line feed is a line, if it is whole. */
  end(): HistoryHeader {
    if (this.#restBytes > 0 || this.#lines === 0) this.#slowLine(Buffer.concat(this.#rest), true);
    return this.#header!;
  }

  /** Reads the line that begins there; returns where the next one begins, or -1 if this one has no end yet. */
  #lineFrom(bytes: Buffer, from: number): number {
    if (this.#header !== null) {
      const event = this.#parser.parse(bytes, from, bytes.length);
      if (event !== null) {
        this.#lines += 1;
        this.#tell(event, bytes, from);
        return this.#parser.next;
      }
    }
    const end = bytes.indexOf(LINE_FEED, from);
    if (end === -1) return -1;
    this.#slowLine(bytes.subarray(from, end), false);
    return end + 1;
  }

  #keep(bytes: Buffer): void {
    // A copy: the chunk may be filled again by whoever reads into it.
    this.#rest.push(Buffer.from(bytes));
    this.#restBytes += bytes.length;
    if (this.#restBytes > LINE_MAX_BYTES) {
      throw malformed(HISTORY, this.#file, `line ${this.#lines + 1}`, {
        expected: `a line of at most ${LINE_MAX_BYTES} bytes`,
        found: 'a longer one',
      });
    }
  }

  #tell(event: HistoryEvent, line: Buffer, start: number): void {
    this.#line = line;
    this.#lineStart = start;
    this.#onEvent(event, this.#columnOf);
  }

  readonly #columnOf: ColumnOf = (field) => {
    const end = this.#line.indexOf(LINE_FEED, this.#lineStart);
    const text = this.#line.toString('utf8', this.#lineStart, end === -1 ? undefined : end);
    return jsonPathPosition(text, [field]) + 1;
  };

  #slowLine(bytes: Buffer, isLast: boolean): void {
    this.#lines += 1;
    const text = this.#decode(bytes);
    const value = parseJson(HISTORY, text, this.#file, { firstLine: this.#lines, isLast });
    const placeOf: PlaceOf = (path) =>
      `line ${this.#lines}, column ${jsonPathPosition(text, path) + 1}`;
    if (this.#header === null) {
      this.#header = check(HISTORY, value, this.#file, placeOf);
      return;
    }
    this.#checkType(value, placeOf);
    const parsed = historyEventSchema.safeParse(value);
    if (!parsed.success) {
      const issue = describeIssue(parsed.error.issues, value);
      throw malformed(HISTORY, this.#file, atPath(placeOf(issue.path), issue.where), issue);
    }
    this.#tell(parsed.data, bytes, 0);
  }

  /** The type is judged before all else: of the wrong kind of event every other message misleads. */
  #checkType(value: unknown, placeOf: PlaceOf): void {
    const type =
      typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
    if (EVENT_TYPES.includes(type as HistoryEvent['type'])) return;
    throw malformed(HISTORY, this.#file, atPath(placeOf(['type']), 'type'), {
      expected: `one of ${EVENT_TYPES.map((known) => `"${known}"`).join(', ')}`,
      found: type === undefined ? 'nothing' : JSON.stringify(type).slice(0, FOUND_MAX_LENGTH),
    });
  }

  #decode(bytes: Buffer): string {
    try {
      return this.#decoder.decode(bytes);
    } catch (cause) {
      const at = firstInvalidByte(bytes);
      const column = bytes.toString('utf8', 0, at).length + 1;
      const place = `line ${this.#lines}, column ${column}`;
      const byte = bytes[at]!.toString(16);
      const message = `${this.#file}, ${place}: expected UTF-8, found 0x${byte}. ${HISTORY.advice}`;
      throw new EvidenceError('not-utf8', this.#file, message, { cause });
    }
  }
}

/** The end of the longest prefix that may go on as UTF-8. */
function firstInvalidByte(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (isUtf8Prefix(bytes.subarray(0, middle))) valid = middle;
    else invalid = middle;
  }
  return valid;
}

function isUtf8Prefix(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
