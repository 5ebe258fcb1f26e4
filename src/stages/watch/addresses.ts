// Tests of IP addresses, which events have as texts.
import { type Address, isInNetwork, parseAddress } from "../../kit/ip-address.ts";
import { recalled } from "../../kit/recall.ts";
import type { FieldValue } from "./contract.ts";

/** An IPv4 address on an IPv6 socket is an IPv4 address. */
const addressOf: (text: string) => Address | null = recalled((text) =>
  parseAddress(text.replace(/^::ffff:(?=[0-9.]+$)/i, "")),
);

/** Null when the text is no address. */
export function sameAddress(text: string): ((value: FieldValue) => boolean) | null {
  const wanted = addressOf(text);
  if (wanted === null) return null;
  return (value) => {
    const address = addressOf(value as string);
    return address !== null && address.family === wanted.family && address.value === wanted.value;
  };
}

/** Null when one of the texts is no network; an address alone is a network of its own. */
export function inNetworks(texts: readonly string[]): ((value: FieldValue) => boolean) | null {
  const networks = texts.map(networkOf);
  const given = networks.filter((network) => network !== null);
  if (given.length < networks.length) return null;
  return (value) => {
    const address = addressOf(value as string);
    if (address === null) return false;
    return given.some((network) => isInNetwork(address, network.address, network.bits));
  };
}

const BITS = /^(?:0|[1-9][0-9]{0,2})$/;

function networkOf(text: string): { address: Address; bits: number } | null {
  const slash = text.indexOf("/");
  const address = parseAddress(slash === -1 ? text : text.slice(0, slash));
  if (address === null) return null;
  const most = address.family === 4 ? 32 : 128;
  if (slash === -1) return { address, bits: most };
  const bits = text.slice(slash + 1);
  return BITS.test(bits) && Number(bits) <= most ? { address, bits: Number(bits) } : null;
}
