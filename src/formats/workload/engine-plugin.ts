// Managed plugins of an engine in the normal form: programs of the host in all but name, with the privileges that they ask for.
// Source: Docker Engine API 1.48, PluginPull, PluginInspect; https://docs.docker.com/engine/extend/config.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import type { HostSharing, Volume, Workload } from "../../model/workload.ts";
import { spelt } from "./engine-names.ts";
import {
  deviceOf,
  engineWorkload,
  NOTHING_MORE,
  volumeOf,
  volumeUnknown,
} from "./engine-options.ts";
import {
  booleanAt,
  type Gaps,
  isPlain,
  nameAt,
  type Place,
  placeAt,
  placesAt,
  textAt,
  textsAt,
} from "./facts.ts";

/** What has privileges. */
export interface PluginFacts {
  readonly kind: string;
  readonly name: string;
  readonly image: Fact<string>;
  /** Where the list of privileges stands. */
  readonly at: string;
  readonly gaps: Gaps;
}

interface Asked {
  readonly host: HostSharing;
  readonly capabilities: readonly Fact<string>[];
  readonly volumes: readonly Volume[];
}

const PRIVILEGES_MAX = 1000;

/** The list of privileges to which somebody agrees: `[{ "Name": "mount", "Value": ["/srv"] }]`. */
export function pluginPrivileges(list: unknown, facts: PluginFacts): Workload {
  const { at, gaps } = facts;
  const named = { value: { Privileges: list ?? null }, at };
  const values = new Map<string, Fact<string>[]>();
  for (const item of placesAt(named, "Privileges", gaps).slice(0, PRIVILEGES_MAX)) {
    const privilege = spelt(item, gaps);
    const name = nameAt(privilege, "Name").toLowerCase();
    values.set(name, [...(values.get(name) ?? []), ...textsAt(privilege, "Value")]);
  }
  const of = (name: string): Fact<string>[] => values.get(name) ?? [];
  const isAny = (name: string): Fact<boolean> => {
    const [first] = of(name);
    return first === undefined ? ABSENT : known(true, at);
  };
  const devices = of("device").map((path) => deviceOf(path, at));
  const all = of("allow-all-devices").length > 0 ? [deviceOf(known("/dev", at), at)] : [];
  return workloadOf(facts, {
    host: {
      network: networkOf(of("network")[0] ?? ABSENT),
      pid: isAny("host pid namespace"),
      ipc: isAny("host ipc namespace"),
      uts: ABSENT,
      users: ABSENT,
    },
    capabilities: of("capabilities"),
    volumes: [...of("mount").map((path) => bound(path, at)), ...devices, ...all],
  });
}

/** What an engine answers to `docker plugin inspect` for one. */
export function readPlugin(document: unknown): Workload {
  const gaps: Gaps = [];
  if (!isPlain(document)) gaps.push(unknown("", "it is no plugin"));
  const top: Place = { value: isPlain(document) ? document : null, at: "" };
  const config = placeAt(top, "Config", gaps);
  const settings = placeAt(top, "Settings", gaps);
  const linux = placeAt(config, "Linux", gaps);
  const reference = textAt(top, "PluginReference");
  const all = booleanAt(linux, "AllowAllDevices");
  const isAll = all.state === "unknown" || (all.state === "known" && all.value);
  const devices = [linux, settings].flatMap((place) => placesAt(place, "Devices", gaps));
  const mounts = [config, settings].flatMap((place) => placesAt(place, "Mounts", gaps));
  const image =
    reference.state === "known" && reference.value === "" ? textAt(top, "Id") : reference;
  return workloadOf(
    { kind: "plugin", name: nameAt(top, "Name"), image, at: "", gaps },
    {
      host: {
        network: networkOf(textAt(placeAt(config, "Network", gaps), "Type")),
        pid: booleanAt(config, "PidHost"),
        ipc: booleanAt(config, "IpcHost"),
        uts: ABSENT,
        users: ABSENT,
      },
      capabilities: textsAt(linux, "Capabilities"),
      volumes: [
        ...mounts.map(mountOf),
        ...devices.map((device) => deviceOf(textAt(device, "Path"), device.at)),
        ...(isAll ? [deviceOf(known("/dev", linux.at), linux.at)] : []),
      ],
    },
  );
}

function workloadOf(facts: PluginFacts, { host, capabilities, volumes }: Asked): Workload {
  const { kind, name, image, at, gaps } = facts;
  return engineWorkload({
    ...NOTHING_MORE,
    platform: "engine",
    evidence: "declared",
    kind,
    name,
    at,
    image,
    user: ABSENT,
    host,
    privileged: known(false, at),
    capabilitiesAdded: capabilities,
    capabilitiesDropped: [],
    securityOptions: [],
    isUnmasked: false,
    sysctls: [],
    volumes,
    environment: [],
    gaps,
  });
}

/** Types of network: `host`; `none`, `bridge`, `null` and `` share nothing. */
function networkOf(type: Fact<string>): Fact<boolean> {
  return type.state === "known" ? known(type.value.toLowerCase() === "host", type.at) : type;
}

function bound(path: Fact<string>, at: string): Volume {
  return path.state === "known" ? volumeOf("bind", path.value, at) : volumeUnknown(path, at);
}

/** A mount without a source gets it from the settings, where the same mount stands with one. */
function mountOf(place: Place): Volume {
  const type = textAt(place, "Type");
  const source = textAt(place, "Source");
  if (type.state !== "known" || type.value === "bind") return bound(source, place.at);
  return volumeOf(type.value, source.state === "known" ? source.value : "", place.at);
}
