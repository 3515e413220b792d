// Bytes as a layout reads them, and as they stand.
import type { RawField } from './film';

export interface Field {
  name: string;
  offset: number;
  size: number;
  value: string;
}

const kBytesShown = 24;

// Each field of the layout in the order of its place, and what no field covers as "(rest)".
export function fieldsOf(layout: RawField[], bytes: Uint8Array): Field[] {
  const out: Field[] = [];
  let end = 0;
  for (const [name, offset, size, kind] of layout) {
    out.push({ name, offset, size, value: valueOf(bytes.subarray(offset, offset + size), kind) });
    end = Math.max(end, offset + size);
  }
  if (layout.length > 0 && end < bytes.length)
    out.push({ name: '(rest)', offset: end, size: bytes.length - end, value: valueOf(bytes.subarray(end), 2) });
  return out;
}

// Kinds as film.ts has them.
function valueOf(bytes: Uint8Array, kind: number): string {
  if (kind < 2 && bytes.length <= 8) return numberText(kind === 0 ? bytes.slice().reverse() : bytes);
  if (kind === 3 && bytes.every((byte) => byte === 0)) return 'zero';
  const hex = hexOf(bytes.subarray(0, kBytesShown)) + (bytes.length > kBytesShown ? '…' : '');
  const text = readable(bytes);
  return text ? `${hex} "${text}"` : hex || 'empty';
}

function numberText(bigEndian: Uint8Array): string {
  let value = 0n;
  for (const byte of bigEndian) value = (value << 8n) | BigInt(byte);
  return value < 10n ? String(value) : `0x${value.toString(16)} (${value})`;
}

export function hexOf(bytes: Uint8Array): string {
  let out = '';
  for (const byte of bytes) out += byte.toString(16).padStart(2, '0');
  return out;
}

// As text where all of it is printable ASCII, with zeroes at its end.
function readable(bytes: Uint8Array): string {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) --end;
  if (end < 4 || end > 64) return '';
  let out = '';
  for (let i = 0; i < end; ++i) {
    const byte = bytes[i]!;
    if (byte < 0x20 || byte > 0x7e) return '';
    out += String.fromCharCode(byte);
  }
  return out;
}

export function printable(byte: number): string {
  return byte >= 0x20 && byte <= 0x7e ? String.fromCharCode(byte) : '.';
}

// Whether the byte at a place is another one in the two, or is there in one alone.
export function differs(a: Uint8Array, b: Uint8Array, at: number): boolean {
  return a[at] !== b[at];
}

export function rangeDiffers(a: Uint8Array, b: Uint8Array, offset: number, size: number): boolean {
  for (let at = offset; at < offset + size; ++at) if (differs(a, b, at)) return true;
  return false;
}
