import { AppError } from "../../kit/error.ts";
import type { Environment } from "../folders.ts";
import { type EngineName, type FoundEndpoint, findEndpoint } from "./endpoints.ts";

export interface FoundEngine extends FoundEndpoint {
  readonly name: EngineName;
}

/** An engine that the user named in a way that we cannot follow. */
export interface UnusableEngine {
  readonly name: EngineName;
  readonly endpoint: null;
  readonly error: AppError;
}

const ENGINES: readonly EngineName[] = ["docker", "podman"];

/** The engines of this host, whether or not they answer. A socket that stands for both is listed once, as Docker's. */
export async function listEngines(context: { readonly env: Environment }): Promise<FoundEngine[]> {
  const all = await lookForEngines(context.env);
  return all.filter((engine) => engine.endpoint !== null);
}

/** The same together with those that were named and cannot be used. */
export async function lookForEngines(env: Environment): Promise<(FoundEngine | UnusableEngine)[]> {
  const engines: (FoundEngine | UnusableEngine)[] = [];
  const seen = new Set<string>();
  for (const name of ENGINES) {
    try {
      const found = await findEndpoint(name, env);
      if (found === null || seen.has(found.identity)) continue;
      seen.add(found.identity);
      engines.push({ ...found, name });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      engines.push({ name, endpoint: null, error });
    }
  }
  return engines;
}
