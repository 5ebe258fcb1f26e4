/** Four bytes as `10.0.0.1`. */
export function ipv4At(bytes: Buffer, at: number): string {
  return `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;
}

/** Whether sixteen bytes hold an IPv4 address (`::ffff:10.0.0.1`, RFC 4291, 2.5.5.2). */
export function holdsIpv4(bytes: Buffer, at: number): boolean {
  for (let i = at; i < at + 10; i += 1) if (bytes[i] !== 0) return false;
  return bytes.readUInt16LE(at + 10) === 0xffff;
}

/** Sixteen bytes as RFC 5952 writes them: the longest run of zeros, of two groups at least, as `::`. */
export function ipv6At(bytes: Buffer, from: number): string {
  const groups: number[] = [];
  for (let at = from; at < from + 16; at += 2) groups.push(bytes.readUInt16BE(at));
  const run = longestZeros(groups);
  const text = (part: readonly number[]): string => part.map((g) => g.toString(16)).join(":");
  if (run.length < 2) return text(groups);
  return `${text(groups.slice(0, run.from))}::${text(groups.slice(run.from + run.length))}`;
}

function longestZeros(groups: readonly number[]): { from: number; length: number } {
  let best = { from: 0, length: 0 };
  let from = 0;
  for (let at = 0; at <= groups.length; at += 1) {
    if (groups[at] === 0) continue;
    if (at - from > best.length) best = { from, length: at - from };
    from = at + 1;
  }
  return best;
}
