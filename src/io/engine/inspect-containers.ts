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
      for (const { id, name } of await containersOf(client)) {
        const place = await client.json(`/containers/${encodeURIComponent(id)}/json`);
        if (place !== null) containers.push({ engine, name, document: place.value });
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      const detail = `cannot inspect the containers of ${engine}: ${error.message}`;
      problems.push({ code: "configuration-unreadable", detail });
    }
  }
  return { containers, problems };
}
