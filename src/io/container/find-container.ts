// One container, found on the engines of this host by its name or id. @see https://docs.docker.com/reference/api/engine, "Inspect a container"
import {
  has,
  items,
  type JsonPlace,
  member,
  optionalText,
  text,
} from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import { printable } from "../../kit/text.ts";
import { type Digest, parseDigest } from "../../model/digest.ts";
import type { EngineName } from "../engine/endpoints.ts";
import { EngineClient, type EngineContext } from "../engine/engine-client.ts";
import { lookForEngines } from "../engine/list-engines.ts";

/** A container as its engine has it. */
export interface FoundContainer {
  readonly engine: EngineName;
  readonly id: string;
  readonly name: string;
  /** Of its first process, on this host; null when it does not run. */
  readonly pid: number | null;
  /** As it was started by. */
  readonly reference: string;
  readonly imageId: Digest;
  readonly startedAt: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isPrivileged: boolean;
  readonly storage: ContainerStorage;
  /** Where something is mounted that it cannot write, without leading slash. */
  readonly readOnly: readonly string[];
}

/** How the engine keeps its files. */
export interface ContainerStorage {
  /** `overlay2`, `overlay`, `vfs`, `btrfs`. */
  readonly driver: string;
  /** The writable layer; null where there is none of its own. */
  readonly upper: string | null;
  /** Where the whole is mounted on this host; null when that is not said. */
  readonly merged: string | null;
}

const TEXT_MAX = 4096;
const MOUNTS_MAX = 10_000;

/**
 * Finds a container.
 *
 * @param name A name, an id, or the beginning of one, as engines take it.
 * @param engine null for all that are here.
 * @throws {AppError} `not-found`, `engine-unavailable`, `usage` for a name that is none.
 */
export async function findContainer(
  name: string,
  engine: EngineName | null,
  context: EngineContext,
): Promise<FoundContainer> {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,254}$/.test(name)) throw noName(name);
  const failures: AppError[] = [];
  const asked: EngineName[] = [];
  for (const found of await lookForEngines(context.env)) {
    if (engine !== null && found.name !== engine) continue;
    try {
      if (found.endpoint === null) throw found.error;
      const client = new EngineClient(found.name, found.endpoint, context);
      const place = await client.json(`/containers/${encodeURIComponent(name)}/json`);
      if (place !== null) return containerOf(found.name, place);
      asked.push(found.name);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      failures.push(error);
    }
  }
  throw notFound(name, asked, failures);
}

function noName(name: string): AppError {
  const shown = JSON.stringify(printable(name, 200));
  return new AppError("usage", `cannot look at container ${shown}: it is no name or id`, {
    hint: "take one of docker ps or podman ps",
    subject: printable(name, 200),
  });
}

function notFound(
  name: string,
  asked: readonly EngineName[],
  [failure]: readonly AppError[],
): AppError {
  if (failure !== undefined) return failure;
  if (asked.length === 0)
    return new AppError(
      "engine-unavailable",
      `cannot look at container ${JSON.stringify(name)}: no engine was found`,
      {
        hint: "start Docker or Podman's service, or name their socket in DOCKER_HOST or CONTAINER_HOST",
      },
    );
  return new AppError(
    "not-found",
    `cannot look at container ${JSON.stringify(name)}: ${asked.join(" and ")} ${asked.length === 1 ? "has" : "have"} none of this name`,
    {
      hint: "take one of docker ps or podman ps",
      subject: name,
    },
  );
}

function containerOf(engine: EngineName, place: JsonPlace): FoundContainer {
  const state = member(place, "State");
  const config = member(place, "Config");
  const pid = member(state, "Pid").value;
  const image = text(member(place, "Image"), TEXT_MAX);
  const isRunning = member(state, "Running").value === true;
  return {
    engine,
    id: text(member(place, "Id"), TEXT_MAX),
    name: text(member(place, "Name"), TEXT_MAX).replace(/^\//, ""),
    pid: isRunning && typeof pid === "number" && Number.isSafeInteger(pid) && pid > 0 ? pid : null,
    reference: optionalText(member(config, "Image"), TEXT_MAX) ?? "",
    imageId: parseDigest(image.includes(":") ? image : `sha256:${image}`),
    startedAt: optionalText(member(state, "StartedAt"), TEXT_MAX) ?? "",
    labels: labelsOf(config),
    isPrivileged: member(member(place, "HostConfig"), "Privileged").value === true,
    storage: storageOf(place),
    readOnly: items(member(place, "Mounts"), MOUNTS_MAX)
      .filter((mount) => member(mount, "RW").value === false)
      .map((mount) => text(member(mount, "Destination"), TEXT_MAX).replace(/^\/+|\/+$/g, "")),
  };
}

function storageOf(place: JsonPlace): ContainerStorage {
  const named = optionalText(member(place, "Driver"), TEXT_MAX) ?? "unknown";
  if (!has(place, "GraphDriver")) return { driver: named, upper: null, merged: null };
  const graph = member(place, "GraphDriver");
  return {
    driver: optionalText(member(graph, "Name"), TEXT_MAX) ?? named,
    upper: dataOf(graph, "UpperDir"),
    merged: dataOf(graph, "MergedDir"),
  };
}

function labelsOf(config: JsonPlace): Record<string, string> {
  const { value } = member(config, "Labels");
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (typeof one === "string" ? [[name, one]] : [])),
  );
}

function dataOf(driver: JsonPlace, name: string): string | null {
  if (!has(driver, "Data")) return null;
  const path = optionalText(member(member(driver, "Data"), name), TEXT_MAX) ?? "";
  return path.startsWith("/") ? path : null;
}
