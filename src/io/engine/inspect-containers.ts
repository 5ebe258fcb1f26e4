import { member, optionalText } from "../../formats/json-shape.ts";
import { AppError } from "../../kit/error.ts";
import type { Problem } from "../../model/problem.ts";
import type { EngineName } from "./endpoints.ts";
import { EngineClient, type EngineContext } from "./engine-client.ts";
import { containersOf } from "./list-containers.ts";
import { lookForEngines } from "./list-engines.ts";

/** A container that runs, as its engine describes it. */
export interface InspectedContainer {
  readonly engine: EngineName;
  readonly name: string;
  /** What `docker inspect` would print of it. */
  readonly document: unknown;
  /** What `docker image inspect` would print of the image that it runs; null when that is gone. */
  readonly image: unknown;
  /** The same of the image that the name it was started by has now; null when there is none. */
  readonly named: unknown;
}

/** What runs on this host, and what of it could not be asked. */
export interface InspectedOnHost {
  readonly containers: readonly InspectedContainer[];
  readonly problems: readonly Problem[];
}

/** How the containers of every engine on this host are set up. One that ended meanwhile is left out. */
export async function inspectContainers({ env, signal }: EngineContext): Promise<InspectedOnHost> {
  const containers: InspectedContainer[] = [];
  const problems: Problem[] = [];
  for (const found of await lookForEngines(env)) {
    const { name: engine } = found;
    try {
      if (found.endpoint === null) throw found.error;
      const client = new EngineClient(engine, found.endpoint, { signal });
      containers.push(...(await inspectedOf(client)));
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const detail = `cannot inspect the containers of ${engine}: ${error.message}`;
      problems.push({ code: "configuration-unreadable", detail });
    }
  }
  return { containers, problems };
}

async function inspectedOf(client: EngineClient): Promise<InspectedContainer[]> {
  const { engine } = client;
  const images = new Images(client);
  const inspected: InspectedContainer[] = [];
  for (const { id, name, imageId } of await containersOf(client)) {
    const place = await client.json(`/containers/${encodeURIComponent(id)}/json`);
    if (place === null) continue;
    const startedBy = optionalText(member(member(place, "Config"), "Image"), NAME_MAX) ?? "";
    const image = await images.inspected(imageId);
    const named = startedBy === "" ? null : await images.inspected(startedBy);
    inspected.push({ engine, name, document: place.value, image, named });
  }
  return inspected;
}

const NAME_MAX = 4096;

/** What an engine says of images, each asked for once. */
class Images {
  readonly #client: EngineClient;
  readonly #known = new Map<string, unknown>();

  constructor(client: EngineClient) {
    this.#client = client;
  }

  /** @param name A name or an id. @returns null when the engine has none of it. */
  async inspected(name: string): Promise<unknown> {
    if (this.#known.has(name)) return this.#known.get(name);
    const path = name.split("/").map(encodeURIComponent).join("/");
    const place = await this.#client.json(`/images/${path}/json`);
    const document = place === null ? null : place.value;
    this.#known.set(name, document);
    return document;
  }
}
