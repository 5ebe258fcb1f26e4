import { items, type JsonPlace, member, optionalText, text } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import { type Digest, isDigest, parseDigest } from "../../model/digest.ts";
import type { Problem } from "../../model/problem.ts";
import type { EngineName } from "./endpoints.ts";
import { EngineClient, type EngineContext } from "./engine-client.ts";
import { engineImageOf, fullName, type RepoDigest } from "./engine-image.ts";
import { lookForEngines } from "./list-engines.ts";

/** A container that runs. */
export interface RunningContainer {
  readonly engine: EngineName;
  readonly id: string;
  readonly name: string;
  /** Fully written; null when the container was started by the image's id, or the name has gone to another image. */
  readonly image: string | null;
  /** What to open it by: `docker:…` with this is exactly what runs, whatever the name means by now. */
  readonly imageId: Digest;
  readonly repoDigests: readonly RepoDigest[];
}

const CONTAINERS_MAX = 100_000;
const TEXT_MAX = 4096;

/** What runs on this host. */
export interface RunningOnHost {
  readonly containers: readonly RunningContainer[];
  /** Engines that are there and cannot be asked. */
  readonly problems: readonly Problem[];
  /** Engines that were asked. */
  readonly engines: readonly EngineName[];
}

/** The containers of every engine on this host. */
export async function containersOnHost(context: EngineContext): Promise<RunningOnHost> {
  const { env, signal } = context;
  const containers: RunningContainer[] = [];
  const problems: Problem[] = [];
  const engines: EngineName[] = [];
  for (const engine of await lookForEngines(env)) {
    try {
      if (engine.endpoint === null) throw engine.error;
      const client = new EngineClient(engine.name, engine.endpoint, context);
      containers.push(...(await containersOf(client)));
      engines.push(engine.name);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const detail = `cannot list containers: ${error.message}`;
      problems.push({ code: "image-unavailable", detail });
    }
  }
  return { containers, problems, engines };
}

/** The containers that an engine runs. @throws {AppError} `engine-unavailable`. */
export async function containersOf(client: EngineClient): Promise<RunningContainer[]> {
  const list = await client.json("/containers/json");
  if (list === null) return [];
  const digests = new Map<Digest, readonly RepoDigest[]>();
  const found: RunningContainer[] = [];
  for (const place of items(list, CONTAINERS_MAX)) {
    const container = containerOf(client.engine, place);
    const known = digests.get(container.imageId) ?? (await repoDigests(client, container.imageId));
    digests.set(container.imageId, known);
    found.push({ ...container, repoDigests: known });
  }
  return found;
}

function containerOf(engine: EngineName, place: JsonPlace): Omit<RunningContainer, "repoDigests"> {
  const id = text(member(place, "Id"), TEXT_MAX);
  const [name] = items(member(place, "Names"), 100);
  const image = optionalText(member(place, "Image"), TEXT_MAX) ?? "";
  const imageId = text(member(place, "ImageID"), TEXT_MAX);
  return {
    engine,
    id,
    name: name === undefined ? id.slice(0, 12) : text(name, TEXT_MAX).replace(/^\//, ""),
    // A digest or an id stands there when the container was not started by a name.
    image: isDigest(image) || /^[0-9a-f]{12,64}$/.test(image) ? null : fullName(image),
    imageId: parseDigest(imageId.includes(":") ? imageId : `sha256:${imageId}`),
  };
}

/** An image may be gone while its container runs; then it has no names. */
async function repoDigests(client: EngineClient, id: Digest): Promise<readonly RepoDigest[]> {
  const inspected = await client.json(`/images/${id}/json`);
  return inspected === null ? [] : engineImageOf(inspected).repoDigests;
}
