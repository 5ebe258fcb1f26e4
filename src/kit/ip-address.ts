// Addresses of IP in their texts. Source: RFC 4291, section 2.2, RFC 5952, section 4; what Go's net/netip takes. Addresses with a
// zone and IPv4 addresses written as IPv6 are none here, as Kubernetes has it.

export interface Address {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const OCTETS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;
const GROUP = /^[0-9A-Fa-f]{1,4}$/;
const LENGTH_MAX = 64;
const MAPPED = 0xffffn;

/** Null for what is no address. */
export function parseAddress(text: string): Address | null {
  if (text.length > LENGTH_MAX) return null;
  if (!text.includes(":")) {
    const value = octetsOf(text);
    return value === null ? null : { family: 4, value };
  }
  const value = groupsOf(text);
  return value === null || value >> 32n === MAPPED ? null : { family: 6, value };
}

function octetsOf(text: string): bigint | null {
  const octets = OCTETS.exec(text)?.slice(1);
  if (octets === undefined) return null;
  const isGood = octets.every((octet) => Number(octet) <= 255 && String(Number(octet)) === octet);
  return isGood ? octets.reduce((value, octet) => value * 256n + BigInt(octet), 0n) : null;
}

function groupsOf(text: string): bigint | null {
  const halves = text.split("::");
  if (halves.length > 2) return null;
  const [left, right] = halves.map((half, i) => fieldsOf(half, i === halves.length - 1));
  if (left === undefined || left === null || right === null) return null;
  const count = left.length + (right?.length ?? 0);
  if (right === undefined ? count !== 8 : count > 7) return null;
  const zeros = new Array<number>(8 - count).fill(0);
  const all = right === undefined ? left : [...left, ...zeros, ...right];
  return all.reduce((value, group) => value * 65_536n + BigInt(group), 0n);
}

/** The groups between colons; the last two may be written as four octets. */
function fieldsOf(text: string, isLast: boolean): number[] | null {
  if (text === "") return [];
  const fields = text.split(":");
  const last = fields.at(-1) ?? "";
  const octets = isLast && last.includes(".") ? octetsOf(last) : null;
  if (octets !== null) fields.pop();
  if (!fields.every((field) => GROUP.test(field))) return null;
  const groups = fields.map((field) => Number.parseInt(field, 16));
  return octets === null ? groups : [...groups, Number(octets >> 16n), Number(octets & MAPPED)];
}

/** The one form that every address has. */
export function printAddress({ family, value }: Address): string {
  const width = family === 4 ? 8n : 16n;
  const count = family === 4 ? 4 : 8;
  const parts = Array.from({ length: count }, (_, i) =>
    Number(BigInt.asUintN(Number(width), value >> (width * BigInt(count - 1 - i)))),
  );
  return family === 4 ? parts.join(".") : compressed(parts);
}

/** The first of the longest runs of two zeros or more becomes `::`. */
function compressed(groups: readonly number[]): string {
  let best = { start: 0, length: 1 };
  for (let start = 0; start < groups.length; start += 1) {
    let length = 0;
    while (groups[start + length] === 0) length += 1;
    if (length > best.length) best = { start, length };
  }
  const words = groups.map((group) => group.toString(16));
  if (best.length < 2) return words.join(":");
  const after = words.slice(best.start + best.length).join(":");
  return `${words.slice(0, best.start).join(":")}::${after}`;
}

/** The address with all but its first bits zero. */
export function maskAddress({ family, value }: Address, bits: number): Address {
  const rest = BigInt((family === 4 ? 32 : 128) - bits);
  return { family, value: (value >> rest) << rest };
}

/** Whether an address begins with the bits of a network, such as `10.0.0.0/8`. */
export function isInNetwork(address: Address, network: Address, bits: number): boolean {
  if (address.family !== network.family) return false;
  return maskAddress(address, bits).value === maskAddress(network, bits).value;
}
