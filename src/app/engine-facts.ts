// What the engine knows of the things that a request names. Asking from within a plugin passes the plugin again; these are all GETs,
// which it answers without asking.
import type { JsonPlace } from "../formats/json-shape.ts";
import { pathOfHost } from "../formats/workload/engine-options.ts";
import { isPlain } from "../formats/workload/facts.ts";
import { engineClient } from "../io/engine/engine-client.ts";
import { type EngineImage, engineImageOf } from "../io/engine/engine-image.ts";
import type { Environment } from "../io/folders.ts";
import { known } from "../kit/fact.ts";
import type { Volume, Workload } from "../model/workload.ts";

/** @throws {AppError} (all of them) `engine-unavailable`; they resolve to null where the engine has no such thing. */
export interface EngineFacts {
  /** As `docker inspect` shows it. */
  container(id: string): Promise<unknown>;
  image(reference: string): Promise<KnownImage | null>;
  service(id: string): Promise<unknown>;
  plugin(name: string): Promise<unknown>;
  /** Those of some networks that are the host's own. */
  hostNetworks(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** The same workload, with volumes that are paths of the host by their drivers' options named as such. */
  withVolumes(workload: Workload): Promise<Workload>;
}

/** An image of the engine. */
export interface KnownImage {
  readonly image: EngineImage;
  /** Its settings, as they stand under `Config`. */
  readonly settings: unknown;
}

const NAMES_MAX = 100;

/** The engine of this machine. A context that somebody chose for the command line is another engine's matter. */
export function engineFacts({
  env,
  signal,
}: {
  readonly env: Environment;
  readonly signal: AbortSignal;
}): EngineFacts {
  const here = { ...env, DOCKER_CONTEXT: "default" };
  const ask = async (path: string): Promise<JsonPlace | null> => {
    const client = await engineClient("docker", { env: here, signal });
    return client.json(path);
  };
  const value = async (path: string): Promise<unknown> => (await ask(path))?.value ?? null;
  const volumePath = async (name: string): Promise<string | null> => {
    const volume = await value(`/volumes/${encoded(name)}`);
    const options = isPlain(volume) ? volume["Options"] : null;
    return pathOfHost(isPlain(options) ? options : null);
  };
  return {
    container: (id) => value(`/containers/${encoded(id)}/json`),
    image: async (reference) => {
      const answer = await ask(`/images/${encoded(reference)}/json`);
      if (answer === null) return null;
      const { value: document } = answer;
      const settings = isPlain(document) ? document["Config"] : null;
      return { image: engineImageOf(answer), settings };
    },
    service: (id) => value(`/services/${encoded(id)}`),
    plugin: (name) => value(`/plugins/${encoded(name)}/json`),
    hostNetworks: async (names) => {
      const host = new Set<string>();
      for (const name of names.slice(0, NAMES_MAX)) {
        const network = await value(`/networks/${encoded(name)}`);
        const driver = isPlain(network) ? network["Driver"] : null;
        if (name === "host" || driver === "host") host.add(name);
      }
      return host;
    },
    withVolumes: async (workload) => {
      const volumes: Volume[] = [];
      for (const volume of workload.volumes.slice(0, NAMES_MAX)) {
        const { type, name, at } = volume;
        const isNamed = type.state === "known" && type.value === "volume" && isVolumeName(name);
        const path = isNamed ? await volumePath(name) : null;
        volumes.push(
          path === null
            ? volume
            : { ...volume, type: known("hostPath", at), hostPath: known(path, at) },
        );
      }
      const rest = workload.volumes.slice(NAMES_MAX);
      return { ...workload, volumes: [...volumes, ...rest] };
    },
  };
}

/** What has no name, or is a path, is no volume that exists. */
function isVolumeName(name: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(name);
}

/** Slashes belong to names, and an engine wants them as they are. */
function encoded(name: string): string {
  return name.split("/").map(encodeURIComponent).join("/");
}
