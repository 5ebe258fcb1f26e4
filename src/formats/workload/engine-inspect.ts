// Containers of Docker and Podman in the normal form: what `inspect` answers, and the body that asks an engine to create one.
// Source: Docker Engine API 1.48, ContainerInspect and ContainerCreate; Podman's compatible answers.
import { ABSENT, effective, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type {
  EnvironmentVariable,
  Limits,
  Mount,
  PublishedPort,
  Volume,
  Workload,
} from "../../model/workload.ts";
import { spelt } from "./engine-names.ts";
import {
  deviceOf,
  engineWorkload,
  limitAt,
  NOTHING_MORE,
  pathOfHost,
  sharesHost,
  sharesUsers,
  shortVolume,
  usersOf,
  volumeOf,
  volumeUnknown,
} from "./engine-options.ts";
import {
  booleanAt,
  type Gaps,
  isPlain,
  itemsAt,
  membersAt,
  nameAt,
  type Place,
  type Plain,
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

/**
 * What the body of a request to create a container asks for. Engines take nothing in it for an inspection, and up to 24 they read
 * the members of `HostConfig` from the top where there is no `HostConfig`.
 *
 * @param document As `JSON.parse` gives it; may be anything.
 * @param image The settings of its image, as an inspection of the image has them under `Config`: they hold where the body has none.
 *   null when they are not known.
 * @see https://docs.docker.com/reference/api/engine, "Create a container"
 */
export function readCreateBody(document: unknown, image: unknown = null): Workload {
  const asked = containerOf({ value: isPlain(document) ? document : null, at: "" }, true);
  return isPlain(image) ? withImageSettings(asked, image) : asked;
}

/** What an engine itself takes from the image, so that who asks to create is told what who asks to start would be told. */
function withImageSettings(asked: Workload, image: Plain): Workload {
  const config: Place = { value: image, at: "" };
  const user = textAt(config, "User");
  const settings = user.state === "absent" ? known("", "") : user;
  const inherited = itemsAt(config, "Env", []).map((item) => variable(item, ""));
  const containers = asked.containers.map((container) => {
    const { security, environment } = container;
    const names = new Set(environment.map(({ name }) => name));
    return {
      ...container,
      security:
        security.runAsUser.state === "absent" ? { ...security, ...usersOf(settings) } : security,
      environment: [...environment, ...inherited.filter(({ name }) => !names.has(name))],
    };
  });
  return { ...asked, containers };
}

function containerOf(written: Place, isRequest = false): Workload {
  const gaps: Gaps = [];
  if (written.value === null) gaps.push(unknown(written.at, "it is no container"));
  const top = spelt(written, gaps);
  const isInspected = !isRequest && isPlain(top.value?.["Config"]);
  const config = isInspected ? spelt(placeAt(top, "Config", gaps), gaps) : top;
  const given = spelt(placeAt(top, "HostConfig", gaps), gaps);
  const host = isRequest && given.value === null ? top : given;
  // What exists lists among its mounts what it has of others.
  const tellsMounts = isInspected && Array.isArray(top.value?.["Mounts"]);
  if (!tellsMounts && itemsAt(host, "VolumesFrom", gaps).length > 0)
    gaps.push(
      unknown(`${host.at}/VolumesFrom`, "the volumes of other containers are not followed"),
    );
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
      uts: sharesHost(textAt(host, "UTSMode")),
      users: sharesUsers(textAt(host, "UsernsMode")),
    },
    ...NOTHING_MORE,
    readOnlyRoot: booleanAt(host, "ReadonlyRootfs"),
    limits: limitsOf(host),
    published: portsOf(host, gaps),
    privileged: booleanAt(host, "Privileged"),
    capabilitiesAdded: textItems(host, "CapAdd", gaps),
    capabilitiesDropped: textItems(host, "CapDrop", gaps),
    securityOptions: textItems(host, "SecurityOpt", gaps),
    // Clients send empty lists for `systempaths=unconfined`; whatever is sent stands for the engine's own lists.
    isUnmasked:
      lacks(host, "MaskedPaths", "/proc/kcore") || lacks(host, "ReadonlyPaths", "/proc/sys"),
    sysctls: membersAt(host, "Sysctls", gaps).map(({ name, at }) => known(name, at)),
    volumes: isInspected
      ? [...mountsIn(top, gaps, "Name"), ...devicesIn(host, gaps)]
      : volumesOf(top, host, { gaps, isRequest }),
    environment: itemsAt(config, "Env", gaps).map((item, i) =>
      variable(item, pointerTo(`${config.at}/Env`, i)),
    ),
    gaps,
  });
}

/** A share of the processor counts as a limit, as the benchmark of Docker has it. */
function limitsOf(host: Place): Limits {
  const cpu = ["NanoCpus", "CpuQuota", "CpuShares"].map((name) => limitAt(host, name));
  return {
    memory: limitAt(host, "Memory"),
    cpu: cpu.find(({ state }) => state !== "absent") ?? ABSENT,
    processes: limitAt(host, "PidsLimit"),
  };
}

/** `{ "80/tcp": [{ "HostIp": "", "HostPort": "8080" }] }`. */
function portsOf(host: Place, gaps: Gaps): PublishedPort[] {
  const bindings = placeAt(host, "PortBindings", gaps);
  return membersAt(host, "PortBindings", gaps).flatMap(({ name, at }) =>
    itemsAt(bindings, name, gaps).map((item, i) => {
      const binding = spelt({ value: isPlain(item) ? item : null, at: `${at}/${i}` }, gaps);
      const filled = (fact: Fact<string>): Fact<string> =>
        fact.state === "known" && fact.value === "" ? ABSENT : fact;
      return {
        at: binding.at,
        address: filled(textAt(binding, "HostIp")),
        port: filled(textAt(binding, "HostPort")),
        target: name.split("/", 1)[0] ?? "",
      };
    }),
  );
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

/** Whether a list is there and an entry of the engine's own is not in it. */
function lacks({ value }: Place, name: string, entry: string): boolean {
  const list = value?.[name];
  return Array.isArray(list) && !list.includes(entry);
}

/** An inspection lists all mounts by themselves; a body has binds and mounts beside each other. */
function volumesOf(
  top: Place,
  host: Place,
  { gaps, isRequest }: { readonly gaps: Gaps; readonly isRequest: boolean },
): Volume[] {
  if (!isRequest && Array.isArray(top.value?.["Mounts"]))
    return [...mountsIn(top, gaps), ...devicesIn(host, gaps)];
  const binds = textItems(host, "Binds", gaps).map((bind, i) =>
    shortVolume(bind, pointerTo(`${host.at}/Binds`, i)),
  );
  return [...binds, ...mountsIn(host, gaps), ...devicesIn(host, gaps)];
}

/**
 * The items of `Mounts`, which containers and services have alike.
 *
 * @param volumeName Where a volume's name stands: an inspection has the folder in which the engine keeps it as its source.
 */
export function mountsIn(
  place: Place,
  gaps: Gaps,
  volumeName: "Name" | "Source" = "Source",
): Volume[] {
  return placesAt(place, "Mounts", gaps).map((item) => mount(spelt(item, gaps), gaps, volumeName));
}

/** Devices by their paths; rules about kinds of devices open any of them to who may make nodes. */
export function devicesIn(host: Place, gaps: Gaps): Volume[] {
  const devices = placesAt(host, "Devices", gaps).map((item) =>
    deviceOf(textAt(spelt(item, gaps), "PathOnHost"), item.at),
  );
  const rules = itemsAt(host, "DeviceCgroupRules", gaps);
  const at = `${host.at}/DeviceCgroupRules`;
  return rules.length === 0 ? devices : [...devices, deviceOf(known("/dev", at), at)];
}

function mount(place: Place, gaps: Gaps, volumeName: string): Volume {
  const { at } = place;
  const type = textAt(place, "Type");
  if (type.state !== "known") {
    const why = unknown(at, "a mount has no type");
    return volumeUnknown(why, at);
  }
  const path = pathIn(place, gaps);
  const how = mountOf(place, gaps);
  if (path !== null) return volumeOf("bind", path, at, how);
  const name = nameAt(place, type.value === "volume" ? volumeName : "Source");
  return volumeOf(type.value.toLowerCase(), name, at, how);
}

/** An inspection says `RW` and `Propagation`, a request `ReadOnly` and `BindOptions`. */
function mountOf(place: Place, gaps: Gaps): Pick<Mount, "readOnly" | "propagation"> {
  const writable = booleanAt(place, "RW");
  const bind = spelt(placeAt(place, "BindOptions", gaps), gaps);
  return {
    readOnly:
      writable.state === "known"
        ? known(!writable.value, writable.at)
        : booleanAt(place, "ReadOnly"),
    propagation: effective(textAt(bind, "Propagation"), textAt(place, "Propagation")),
  };
}

/** What the options of a volume that is made along with the container mount. */
function pathIn(place: Place, gaps: Gaps): string | null {
  const volume = spelt(placeAt(place, "VolumeOptions", gaps), gaps);
  const driver = spelt(placeAt(volume, "DriverConfig", gaps), gaps);
  return pathOfHost(placeAt(driver, "Options", gaps).value);
}

function variable(item: unknown, at: string): EnvironmentVariable {
  const text = typeof item === "string" ? item : "";
  const equals = text.indexOf("=");
  if (equals === -1) return { name: text, at, value: ABSENT };
  return { name: text.slice(0, equals), at, value: known(text.slice(equals + 1), at) };
}
