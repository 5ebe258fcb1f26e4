/**
 * Names a thing by its parts: the same parts give the same 16 hex digits on every machine and in every release.
 *
 * For telling things apart, not for security: a 64-bit hash that is not cryptographic. Parts are joined so that
 * `["a", "bc"]` and `["ab", "c"]` differ.
 */
export function stableId(parts: readonly string[]): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (const part of parts) {
    for (let i = 0; i <= part.length; i += 1) {
      // The end of a part counts as a character that no text has.
      const unit = i === part.length ? 0x10ffff : part.charCodeAt(i);
      high = Math.imul(high ^ unit, 0x9e3779b1);
      low = Math.imul(low ^ unit, 0x5f356495);
    }
  }
  high = mixed(high) ^ mixed(low ^ 0x1b873593);
  low = mixed(low) ^ mixed(high);
  return hex(high) + hex(low);
}

function mixed(value: number): number {
  let v = value ^ (value >>> 16);
  v = Math.imul(v, 0x85ebca6b);
  v ^= v >>> 13;
  v = Math.imul(v, 0xc2b2ae35);
  return v ^ (v >>> 16);
}

function hex(value: number): string {
  return (value >>> 0).toString(16).padStart(8, "0");
}
