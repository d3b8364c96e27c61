/** How a record of `__consumer_offsets` travels in a batch: key and value as JSON, a tombstone without a value. */

import type { OffsetsLogRecord } from '../../protocol/offsets-log.ts';
import type { DataRecord } from '../../protocol/records.ts';

export function encodeRecord({ type, key, value }: OffsetsLogRecord): DataRecord {
  return {
    key: JSON.stringify({ type, ...key }),
    value: value === null ? null : JSON.stringify(value),
  };
}

export function decodeRecord({ key, value }: DataRecord): OffsetsLogRecord {
  const { type, ...name } = JSON.parse(key!) as OffsetsLogRecord['key'] & {
    readonly type: OffsetsLogRecord['type'];
  };
  const decoded = value === null ? null : (JSON.parse(value) as OffsetsLogRecord['value']);
  return { type, key: name, value: decoded } as OffsetsLogRecord;
}
