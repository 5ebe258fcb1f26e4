import type { Frame } from "./frame.ts";

/** Four bytes as `10.0.0.1`. */
export function ipv4At(frame: Frame, place: number): string {
  return `${frame.u8(place)}.${frame.u8(place + 1)}.${frame.u8(place + 2)}.${frame.u8(place + 3)}`;
}

/** Whether sixteen bytes hold an IPv4 address (`::ffff:10.0.0.1`, RFC 4291, 2.5.5.2), or nothing yet. */
export function holdsIpv4(frame: Frame, place: number): boolean {
  for (let at = 0; at < 10; at += 1) if (frame.u8(place + at) !== 0) return false;
  return frame.u16(place + 10) === 0xffff;
}

/** Sixteen bytes as RFC 5952 writes them: the longest run of zeros, of two groups at least, as `::`. */
export function ipv6At(frame: Frame, place: number): string {
  const groups: number[] = [];
  for (let at = 0; at < 16; at += 2) {
    groups.push((frame.u8(place + at) << 8) | frame.u8(place + at + 1));
  }
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
