// Networks of a Compose file, and which of them a service joins.
// Source: https://github.com/compose-spec/compose-spec/blob/main/06-networks.md
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type { JoinedNetwork } from "../../model/workload.ts";
import { isPlain, membersAt, type Place, placeAt } from "./facts.ts";

/** How a file sets up a network. */
export type NetworkSettings = Pick<JoinedNetwork, "driver" | "isInternal" | "isEncrypted">;

/** By their names in the file. */
export function networksOf(top: Place): ReadonlyMap<string, NetworkSettings> {
  const networks = membersAt(top, "networks", []);
  return new Map(networks.map(({ name, value, at }) => [name, settingsOf(value, at)]));
}

function settingsOf(value: unknown, at: string): NetworkSettings {
  const written = isPlain(value) ? value : {};
  const isElsewhere = written["external"] !== undefined && written["external"] !== false;
  if (isElsewhere) {
    const why = unknown(at, "the network is set up elsewhere");
    return { driver: why, isInternal: why, isEncrypted: why };
  }
  const driver = written["driver"];
  const options = placeAt({ value: written, at }, "driver_opts", []);
  return {
    driver: typeof driver === "string" ? known(driver, `${at}/driver`) : ABSENT,
    isInternal: switchIn({ value: written, at }, "internal"),
    isEncrypted: switchIn(options, "encrypted"),
  };
}

/** Docker takes the option `encrypted` for set whatever its value is, unless that says no. */
function switchIn({ value, at }: Place, name: string): Fact<boolean> {
  if (value === null || !Object.hasOwn(value, name)) return ABSENT;
  const place = `${at}/${name}`;
  const written = value[name];
  if (typeof written === "string" && written.includes("$"))
    return unknown(place, `${name} comes out of a variable`);
  return known(!/^(?:false|no|off|0)$/i.test(String(written)), place);
}

/** The networks that a service names, in a list or a mapping. One that the file does not set up is the engine's own to make. */
export function joinedNetworks(
  service: Place,
  networks: ReadonlyMap<string, NetworkSettings>,
): JoinedNetwork[] {
  const written = service.value?.["networks"];
  const at = `${service.at}/networks`;
  const names = Array.isArray(written)
    ? written.map((name: unknown, i) => ({ name, at: `${at}/${i}` }))
    : Object.keys(isPlain(written) ? written : {}).map((name) => ({
        name,
        at: pointerTo(at, name),
      }));
  return names.flatMap(({ name, at: place }) => {
    if (typeof name !== "string") return [];
    return [{ name, at: place, ...(networks.get(name) ?? UNSET) }];
  });
}

const UNSET: NetworkSettings = { driver: ABSENT, isInternal: ABSENT, isEncrypted: ABSENT };
