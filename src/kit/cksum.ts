// What the program cksum of POSIX says of bytes: a checksum that every system can compute without anything being installed. It tells
// accidents, not attacks. @see https://pubs.opengroup.org/onlinepubs/9699919799/utilities/cksum.html

const POLYNOMIAL = 0x04c11db7;

/** `4294967295 0`: the checksum and the length, as `cksum <FILE` prints them. */
export function cksum(bytes: Uint8Array): string {
  let crc = 0;
  for (const byte of bytes) crc = withByte(crc, byte);
  for (let length = bytes.length; length > 0; length = Math.floor(length / 256))
    crc = withByte(crc, length % 256);
  return `${~crc >>> 0} ${bytes.length}`;
}

function withByte(crc: number, byte: number): number {
  let next = crc ^ (byte << 24);
  for (let bit = 0; bit < 8; bit += 1) next = next < 0 ? (next << 1) ^ POLYNOMIAL : next << 1;
  return next | 0;
}
