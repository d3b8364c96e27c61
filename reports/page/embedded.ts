/**
 * Data inside a page, for its script to read (`readEmbedded` in the script): as JSON if small, compressed if not. A
 * browser runs neither kind of element.
 */

import { gzipSync } from 'node:zlib';
import { Html, INVISIBLE } from './html.ts';

/** Bytes of JSON up to which decompression costs more than it saves. */
const RAW_BYTES_MAX = 200_000;
/** Bytes of JSON up to which a page carries it at all. */
export const EMBEDDED_BYTES_MAX = 3_000_000;

/** Null: too large for a page; write a file beside it. */
export function embedded(id: string, value: unknown): Html | null {
  const json = JSON.stringify(value);
  const bytes = Buffer.byteLength(json);
  if (bytes > EMBEDDED_BYTES_MAX) return null;
  return bytes <= RAW_BYTES_MAX
    ? element(id, 'application/json', withoutMarkup(json))
    : element(id, 'application/gzip', gzipSync(json).toString('base64'));
}

function element(id: string, type: string, content: string): Html {
  return Html.trusted(`<script id="${id}" type="${type}">${content}</script>`);
}

/** JSON all the same: `</script>` and `<!--` would end or confuse the element, and a reader of the source is not fooled. */
function withoutMarkup(json: string): string {
  return json
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll(INVISIBLE, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
