// Addresses and networks. Source: "Common Expression Language in Kubernetes", "Kubernetes IP address library" and "Kubernetes CIDR
// library"; the classes of addresses are those of Go's net/netip.

import {
  type Address,
  isInNetwork,
  maskAddress,
  parseAddress,
  printAddress,
} from "../../../kit/ip-address.ts";
import { defineFunction, defineMethod, type Overload, throughFirst } from "../compile/overload.ts";
import { BOOL, INT, opaque, STRING, type Type } from "../compile/type.ts";
import { fail } from "../values/failure.ts";
import { Comparable } from "../values/order.ts";

class Ip extends Comparable {
  readonly typeName = "net.IP";
  readonly address: Address;
  constructor(address: Address) {
    super();
    this.address = address;
  }
  override equals(other: Comparable): boolean {
    return other instanceof Ip && isSame(this.address, other.address);
  }
  override toString(): string {
    return printAddress(this.address);
  }
}

class Cidr extends Comparable {
  readonly typeName = "net.CIDR";
  readonly address: Address;
  readonly bits: number;
  constructor(address: Address, bits: number) {
    super();
    this.address = address;
    this.bits = bits;
  }
  override equals(other: Comparable): boolean {
    return other instanceof Cidr && other.bits === this.bits && isSame(this.address, other.address);
  }
  override toString(): string {
    return `${printAddress(this.address)}/${this.bits}`;
  }
}

export const IP: Type<Ip> = opaque("net.IP", Ip);
export const CIDR: Type<Cidr> = opaque("net.CIDR", Cidr);

function isSame(a: Address, b: Address): boolean {
  return a.family === b.family && a.value === b.value;
}

function addressOf(text: string): Address {
  return parseAddress(text) ?? fail("a text is no IP address");
}

const BITS = /^(?:0|[1-9][0-9]{0,2})$/;

function parseCidr(text: string): Cidr | null {
  const slash = text.lastIndexOf("/");
  const address = slash === -1 ? null : parseAddress(text.slice(0, slash));
  const bits = text.slice(slash + 1);
  if (address === null || !BITS.test(bits)) return null;
  return Number(bits) > (address.family === 4 ? 32 : 128) ? null : new Cidr(address, Number(bits));
}

function cidrOf(text: string): Cidr {
  return parseCidr(text) ?? fail("a text is no CIDR");
}

function isBelow(network: string): (address: Address) => boolean {
  const { address, bits } = cidrOf(network);
  return (other) => isInNetwork(other, address, bits);
}

const isUnspecified = any(isBelow("0.0.0.0/32"), isBelow("::/128"));
const isLoopback = any(isBelow("127.0.0.0/8"), isBelow("::1/128"));
const isLinkLocalUnicast = any(isBelow("169.254.0.0/16"), isBelow("fe80::/10"));
const isMulticast = any(isBelow("224.0.0.0/4"), isBelow("ff00::/8"));
const isBroadcast = isBelow("255.255.255.255/32");

function any(...tests: readonly ((address: Address) => boolean)[]): (address: Address) => boolean {
  return (address) => tests.some((test) => test(address));
}

/** In IPv6 whatever flags there are. */
function isLinkLocalMulticast(address: Address): boolean {
  if (address.family === 4) return isInNetwork(address, addressOf("224.0.0.0"), 24);
  return ((address.value >> 112n) & 0xff0fn) === 0xff02n;
}

function isGlobalUnicast(address: Address): boolean {
  const isOther = any(isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast, isBroadcast);
  return !isOther(address);
}

function containsCidr(outer: Cidr, inner: Cidr): boolean {
  return outer.bits <= inner.bits && isInNetwork(inner.address, outer.address, outer.bits);
}

function contains({ address, bits }: Cidr, other: Address): boolean {
  return isInNetwork(other, address, bits);
}

const TESTS = [
  ["isUnspecified", isUnspecified],
  ["isLoopback", isLoopback],
  ["isLinkLocalMulticast", isLinkLocalMulticast],
  ["isLinkLocalUnicast", isLinkLocalUnicast],
  ["isGlobalUnicast", isGlobalUnicast],
] as const;

const early = { cost: throughFirst, isEarly: true } as const;
const through = { cost: throughFirst };
const printed = { size: () => 64 };

export const netLibrary: readonly Overload[] = [
  defineFunction("ip", [STRING], IP, (text) => new Ip(addressOf(text)), early),
  defineFunction("isIP", [STRING], BOOL, (text) => parseAddress(text) !== null, through),
  defineFunction(
    "ip.isCanonical",
    [STRING],
    BOOL,
    (text) => printAddress(addressOf(text)) === text,
    through,
  ),
  defineMethod("family", [IP], INT, ({ address }) => address.family),
  ...TESTS.map(([name, test]) => defineMethod(name, [IP], BOOL, ({ address }) => test(address))),
  defineFunction("string", [IP], STRING, String, printed),
  defineFunction("cidr", [STRING], CIDR, cidrOf, early),
  defineFunction("isCIDR", [STRING], BOOL, (text) => parseCidr(text) !== null, through),
  defineMethod("containsIP", [CIDR, IP], BOOL, (net, { address }) => contains(net, address)),
  defineMethod("containsIP", [CIDR, STRING], BOOL, (net, text) => contains(net, addressOf(text))),
  defineMethod("containsCIDR", [CIDR, CIDR], BOOL, containsCidr),
  defineMethod("containsCIDR", [CIDR, STRING], BOOL, (net, text) =>
    containsCidr(net, cidrOf(text)),
  ),
  defineMethod("ip", [CIDR], IP, ({ address }) => new Ip(address)),
  defineMethod(
    "masked",
    [CIDR],
    CIDR,
    ({ address, bits }) => new Cidr(maskAddress(address, bits), bits),
  ),
  defineMethod("prefixLength", [CIDR], INT, ({ bits }) => bits),
  defineFunction("string", [CIDR], STRING, String, printed),
];
