import { lookup } from "node:dns/promises";

/** To which addresses a name leads, asked as every program of this host asks; null when nobody answers. */
export async function addressesOf(name: string): Promise<readonly string[] | null> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch {
    return null;
  }
}
