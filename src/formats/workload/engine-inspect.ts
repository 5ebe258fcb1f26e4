// Containers of Docker and Podman in the normal form: what `inspect` answers, and the body that asks an engine to create one.
// Source: Docker Engine API 1.48, ContainerInspect and ContainerCreate; Podman's compatible answers.
import { ABSENT, type Fact, known, unknown } from "../../kit/fact.ts";
import { pointerTo } from "../../kit/json-pointer.ts";
import type { EnvironmentVariable, Volume, Workload } from "../../model/workload.ts";
import { engineWorkload, sharesHost, shortVolume, volumeOf } from "./engine-options.ts";
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
  return isPlain(one) && isPlain(one["HostConfig"]);
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

function containerOf(top: Place): Workload {
  const gaps: Gaps = [];
  if (top.value === null) gaps.push(unknown(top.at, "it is no container"));
  const isInspected = isPlain(top.value?.["Config"]);
  const config = isInspected ? placeAt(top, "Config", gaps) : top;
  const host = placeAt(top, "HostConfig", gaps);
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
      users: sharesHost(textAt(host, "UsernsMode")),
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
  if (Array.isArray(top.value?.["Mounts"])) return placesAt(top, "Mounts", gaps).map(mount);
  const binds = textItems(host, "Binds", gaps).map((bind, i) =>
    shortVolume(bind, pointerTo(`${host.at}/Binds`, i)),
  );
  return [...binds, ...placesAt(host, "Mounts", gaps).map(mount)];
}

function mount(place: Place): Volume {
  const type = textAt(place, "Type");
  if (type.state !== "known") {
    const why = unknown(place.at, "a mount has no type");
    return { name: "", at: place.at, type: why, hostPath: why };
  }
  return volumeOf(type.value, nameAt(place, "Source"), place.at);
}

function variable(item: unknown, at: string): EnvironmentVariable {
  const text = typeof item === "string" ? item : "";
  const equals = text.indexOf("=");
  if (equals === -1) return { name: text, at, value: ABSENT };
  return { name: text.slice(0, equals), at, value: known(text.slice(equals + 1), at) };
}
