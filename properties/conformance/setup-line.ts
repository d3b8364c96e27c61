/** The requests before a row, which a table of measured answers gives in words: `EndTxn v4 (1001,0) COMMIT -> 0`. */

import type { ProducerIdentity } from '../../protocol/ids.ts';
import { ERROR_CODES, type ErrorCode } from '../../protocol/error-codes.ts';

export interface SetupRequest {
  readonly kind: 'request';
  readonly api: string;
  readonly version: number;
  /** Between the version and the arrow. */
  readonly words: string;
  /** Null: it carries none. */
  readonly identity: ProducerIdentity | null;
  readonly errorCode: ErrorCode;
  /** What it was answered beside the code. */
  readonly answeredIdentity: ProducerIdentity | null;
}

export type SetupLine =
  | SetupRequest
  /** Nothing the broker was asked for: what happened meanwhile, or a configuration. */
  | { readonly kind: 'circumstance'; readonly text: string };

/** Of Produce. */
const PRODUCED_BY = new RegExp('pid=(-?\\d+) epoch=(-?\\d+)');
const IDENTITY = /\((-?\d+),(-?\d+)\)/;

export function parseSetupLine(text: string): SetupLine {
  const match = /^(\w+) v(\d+) ?(.*?) ?-> (\d+)(.*)$/.exec(text);
  if (match === null || text.startsWith('IncrementalAlterConfigs')) {
    return { kind: 'circumstance', text };
  }
  const [, api = '', version = '', words = '', code = '', rest = ''] = match;
  return {
    kind: 'request',
    api,
    version: Number(version),
    words,
    identity: identityIn(words) ?? producedIdentity(words),
    errorCode: errorNamed(Number(code)),
    answeredIdentity: identityIn(rest),
  };
}

function identityIn(text: string): ProducerIdentity | null {
  const match = IDENTITY.exec(text);
  return match === null ? null : { producerId: Number(match[1]), producerEpoch: Number(match[2]) };
}

/** Of Produce: `pid=1001 epoch=0`. */
function producedIdentity(text: string): ProducerIdentity | null {
  const match = PRODUCED_BY.exec(text);
  return match === null ? null : { producerId: Number(match[1]), producerEpoch: Number(match[2]) };
}

/** The integer behind a word: `seq=4`, `generation -1`. */
export function numberAfter(words: string, word: string): number {
  const match = new RegExp(`\\b${word}[ =](-?\\d+)`).exec(words);
  if (match === null) throw new Error(`expected a number after "${word}" in the setup "${words}"`);
  return Number(match[1]);
}

const NAMES = new Map<number, ErrorCode>(
  Object.entries(ERROR_CODES).map(([name, { code }]) => [code, name as ErrorCode]),
);

/** Kafka's name of a code on the wire. */
export function errorNamed(code: number): ErrorCode {
  const name = NAMES.get(code);
  if (name === undefined) throw new Error(`expected a Kafka error code, found ${code}`);
  return name;
}
