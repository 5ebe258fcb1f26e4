// Containers of Docker and Podman in the normal form: what `inspect` answers, and the body that asks an engine to create one.
// Source: Docker Engine API 1.48, ContainerInspect and ContainerCreate; Podman's compatible answers.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type { EnvironmentVariable, Volume, Workload } from "../../model/workload.ts";
import {
  deviceOf,
  engineWorkload,
  isOfHost,
  sharesHost,
  sharesUsers,
  shortVolume,
  volumeOf,
} from "./engine-options.ts";
import {
  booleanAt,
  type Gaps,
  isPlain,
  itemsAt,
  membersAt,
  nameAt,
  type Place,
  placeAt,
  placesAt,
  textAt,
} from "./facts.ts";

const CONTAINERS_MAX = 20_000;

/** Whether a value is what an engine answers to `inspect` for containers, or the body that creates one. */
export function isEngineDocument(value: unknown): boolean {
  const one: unknown = Array.isArray(value) ? value[0] : value;
  return isPlain(one) && isPlain(spelt({ value: one, at: "" }, []).value?.["HostConfig"]);
}

/**
 * The containers of an inspection, or the one that is to be created.
 *
 * @param document As `JSON.parse` gives it; may be anything.
 */
export function readEngine(document: unknown): Workload[] {
  const items: readonly unknown[] = Array.isArray(document) ? document : [document];
  const base = Array.isArray(document) ? (i: number) => `/${i}` : () => "";
  return items
    .slice(0, CONTAINERS_MAX)
    .map((value, i) => containerOf({ value: isPlain(value) ? value : null, at: base(i) }));
}

function containerOf(written: Place): Workload {
  const gaps: Gaps = [];
  if (written.value === null) gaps.push(unknown(written.at, "it is no container"));
  const top = spelt(written, gaps);
  const isInspected = isPlain(top.value?.["Config"]);
  const config = isInspected ? spelt(placeAt(top, "Config", gaps), gaps) : top;
  const host = spelt(placeAt(top, "HostConfig", gaps), gaps);
  if (itemsAt(host, "VolumesFrom", gaps).length > 0)
    gaps.push(
      unknown(`${host.at}/VolumesFrom`, "the volumes of other containers are not followed"),
    );
  const masked = host.value?.["MaskedPaths"];
  return engineWorkload({
    platform: "engine",
    evidence: isInspected ? "running" : "declared",
    kind: "container",
    name: nameAt(top, "Name").replace(/^\//, ""),
    at: top.at,
    image: textAt(config, "Image"),
    user: userOf(config, isInspected),
    host: {
      network: sharesHost(textAt(host, "NetworkMode")),
      pid: sharesHost(textAt(host, "PidMode")),
      ipc: sharesHost(textAt(host, "IpcMode")),
      users: sharesUsers(textAt(host, "UsernsMode")),
    },
    privileged: booleanAt(host, "Privileged"),
    capabilitiesAdded: textItems(host, "CapAdd", gaps),
    capabilitiesDropped: textItems(host, "CapDrop", gaps),
    securityOptions: textItems(host, "SecurityOpt", gaps),
    // Clients send empty lists for `systempaths=unconfined`.
    isUnmasked: Array.isArray(masked) && masked.length === 0,
    sysctls: membersAt(host, "Sysctls", gaps).map(({ name, at }) => known(name, at)),
    volumes: volumesOf(top, host, gaps),
    environment: itemsAt(config, "Env", gaps).map((item, i) =>
      variable(item, pointerTo(`${config.at}/Env`, i)),
    ),
    gaps,
  });
}

/** The names of all members that are asked for. */
const NAMES: ReadonlyMap<string, string> = new Map(
  [
    ...["Config", "Env", "HostConfig", "Image", "Mounts", "Name", "User"],
    ...[
      "Binds",
      "CapAdd",
      "CapDrop",
      "Devices",
      "IpcMode",
      "MaskedPaths",
      "NetworkMode",
      "PidMode",
    ],
    ...["Privileged", "SecurityOpt", "Sysctls", "UsernsMode", "VolumesFrom"],
    ...["DriverConfig", "Options", "PathOnHost", "Source", "Type", "VolumeOptions"],
  ].map((name) => [folded(name), name]),
);

/**
 * Engines take the names of members in any case, as Go's reader of JSON does, so that `hostconfig` is as good as `HostConfig`.
 * A member that stands twice in different cases is a gap: engines join the two.
 */
function spelt({ value, at }: Place, gaps: Gaps): Place {
  if (value === null) return { value, at };
  const named: Record<string, unknown> = Object.create(null);
  for (const key of Object.keys(value)) {
    const name = NAMES.get(folded(key)) ?? key;
    if (name in named) gaps.push(unknown(at, `${name} stands twice`));
    named[name] = value[key];
  }
  return { value: named, at };
}

/** Two letters beyond ASCII fold to ASCII ones: the Kelvin sign and the long s. */
function folded(name: string): string {
  return name.toUpperCase().toLowerCase();
}

/** Of what exists, an empty user is root; of what is to be created, it is the image's. */
function userOf(config: Place, isInspected: boolean): Fact<string> {
  const user = textAt(config, "User");
  if (user.state !== "unknown" && (user.state === "absent" || user.value === ""))
    return isInspected ? known("", `${config.at}/User`) : ABSENT;
  return user;
}

function textItems(place: Place, name: string, gaps: Gaps): Fact<string>[] {
  return itemsAt(place, name, gaps).map((item, i) => {
    const at = pointerTo(`${place.at}/${name}`, i);
    return typeof item === "string"
      ? known(item, at)
      : unknown(at, `an item of ${name} is no text`);
  });
}

/** An inspection lists all mounts by themselves; a body has binds and mounts beside each other. */
function volumesOf(top: Place, host: Place, gaps: Gaps): Volume[] {
  const mounts = (place: Place): Volume[] =>
    placesAt(place, "Mounts", gaps).map((item) => mount(spelt(item, gaps), gaps));
  const devices = placesAt(host, "Devices", gaps).map((item) =>
    deviceOf(textAt(spelt(item, gaps), "PathOnHost"), item.at),
  );
  if (Array.isArray(top.value?.["Mounts"])) return [...mounts(top), ...devices];
  const binds = textItems(host, "Binds", gaps).map((bind, i) =>
    shortVolume(bind, pointerTo(`${host.at}/Binds`, i)),
  );
  return [...binds, ...mounts(host), ...devices];
}

function mount(place: Place, gaps: Gaps): Volume {
  const { at } = place;
  const type = textAt(place, "Type");
  if (type.state !== "known") {
    const why = unknown(at, "a mount has no type");
    return { name: "", at, type: why, hostPath: why };
  }
  const device = deviceIn(place, gaps);
  return isOfHost(device)
    ? volumeOf("bind", device, at)
    : volumeOf(type.value.toLowerCase(), nameAt(place, "Source"), at);
}

/** What the options of a volume that is made along with the container mount. */
function deviceIn(place: Place, gaps: Gaps): unknown {
  const volume = spelt(placeAt(place, "VolumeOptions", gaps), gaps);
  const driver = spelt(placeAt(volume, "DriverConfig", gaps), gaps);
  return placeAt(driver, "Options", gaps).value?.["device"];
}

function variable(item: unknown, at: string): EnvironmentVariable {
  const text = typeof item === "string" ? item : "";
  const equals = text.indexOf("=");
  if (equals === -1) return { name: text, at, value: ABSENT };
  return { name: text.slice(0, equals), at, value: known(text.slice(equals + 1), at) };
}
