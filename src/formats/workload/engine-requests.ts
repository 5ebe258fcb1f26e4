// Smaller requests to an engine in the normal form: what they add to a container, or what they make by themselves.
// Source: Docker Engine API 1.48, ContainerExec, ContainerUpdate, VolumeCreate, ImageBuild.
import { known, unknown } from "../../kit/fact.ts";
import type { Container, Workload } from "../../model/workload.ts";
import { devicesIn, readCreateBody } from "./engine-inspect.ts";
import { spelt } from "./engine-names.ts";
import { pathOfHost, sharesHost, usersOf, volumeOf } from "./engine-options.ts";
import { booleanAt, type Gaps, isPlain, nameAt, type Place, placeAt, textAt } from "./facts.ts";

/**
 * A container with a program in it that is asked for.
 *
 * @returns null when the program gets nothing that the container does not have.
 */
export function readExec(body: unknown, container: Workload): Workload | null {
  const gaps: Gaps = [];
  const top = topOf(body, gaps);
  const privileged = booleanAt(top, "Privileged");
  const user = textAt(top, "User");
  const isPlainUser = user.state === "absent" || (user.state === "known" && user.value === "");
  const isUnprivileged =
    privileged.state === "absent" || (privileged.state === "known" && !privileged.value);
  if (isPlainUser && isUnprivileged && gaps.length === 0) return null;
  const changed = container.containers.map((one): Container => {
    const security = {
      ...one.security,
      ...(isPlainUser ? {} : usersOf(user)),
      ...(isUnprivileged ? {} : { privileged }),
    };
    return { ...one, security };
  });
  return {
    ...container,
    kind: "exec in container",
    containers: changed,
    gaps: [...container.gaps, ...gaps],
  };
}

/** A container with devices that an update adds; null when it adds none. */
export function readUpdate(body: unknown, container: Workload): Workload | null {
  const gaps: Gaps = [];
  const devices = devicesIn(topOf(body, gaps), gaps);
  if (devices.length === 0 && gaps.length === 0) return null;
  return {
    ...container,
    kind: "update of container",
    volumes: [...container.volumes, ...devices],
    gaps: [...container.gaps, ...gaps],
  };
}

/** A volume that is to be made. One that mounts a path of the host is as good as a mount of it. */
export function readVolume(body: unknown): Workload {
  const gaps: Gaps = [];
  const top = topOf(body, gaps);
  const path = pathOfHost(placeAt(top, "DriverOpts", gaps).value);
  const name = nameAt(top, "Name");
  const volume = volumeOf(path === null ? "volume" : "bind", path ?? name, "/DriverOpts");
  return { ...nothing("volume", name), volumes: [volume], gaps };
}

/** Something without containers that joins a network. */
export function withNetwork(kind: string, network: string): Workload {
  const base = nothing(kind, "");
  return { ...base, host: { ...base.host, network: sharesHost(known(network, "")) } };
}

function nothing(kind: string, name: string): Workload {
  return { ...readCreateBody({}), kind, name, containers: [] };
}

function topOf(body: unknown, gaps: Gaps): Place {
  if (!isPlain(body)) gaps.push(unknown("", "its body is no object"));
  return spelt({ value: isPlain(body) ? body : null, at: "" }, gaps);
}
