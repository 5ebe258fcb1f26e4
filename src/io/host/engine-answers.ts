import { AppError } from "../../kit/error.ts";
import type { EngineFact } from "../../model/host-record.ts";
import { EngineClient, type EngineContext } from "../engine/engine-client.ts";
import { lookForEngines } from "../engine/list-engines.ts";

/** What each engine of this host says of itself; one that does not answer says why. */
export async function engineAnswers({ env, signal }: EngineContext): Promise<EngineFact[]> {
  const facts: EngineFact[] = [];
  for (const { name: engine, ...found } of await lookForEngines(env)) {
    const address = found.endpoint?.address ?? "";
    try {
      if (found.endpoint === null) throw found.error;
      const client = new EngineClient(engine, found.endpoint, { signal, offline: true });
      const info = (await client.json("/info"))?.value ?? null;
      const version = (await client.json("/version"))?.value ?? null;
      facts.push({ engine, address, error: null, info, version });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError)) throw error;
      facts.push({ engine, address, error: error.message, info: null, version: null });
    }
  }
  return facts;
}
