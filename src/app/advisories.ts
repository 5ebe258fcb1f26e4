// Which advisory data answers: the store where there is one, the built-in starter pack otherwise.
import type { Environment } from "../io/folders.ts";
import { AppError } from "../kit/error.ts";
import type { AdvisoryData } from "../model/advisory.ts";
import type { AdvisorySource } from "../stages/match/contract.ts";

export interface Advisories {
  readonly source: AdvisorySource;
  readonly data: AdvisoryData;
  close(): void;
}

/**
 * Opens the advisory data.
 *
 * @param folder Where the user says the store is; null for the usual place.
 * @param at RFC 3339, UTC: what ages are measured from.
 * @throws {AppError} `store-missing` when the named folder has none, `store-invalid` when it cannot be used.
 */
export async function openAdvisories(
  folder: string | null,
  env: Environment,
  at: string,
): Promise<Advisories> {
  const { defaultStoreFolder, openStore } = await import("../io/store/open.ts");
  try {
    return await openStore(folder ?? defaultStoreFolder(env), new Date(at));
  } catch (error) {
    const isMissing = error instanceof AppError && error.code === "store-missing";
    if (folder !== null || !isMissing) throw error;
  }
  const { starterSource, STARTER_DATA } = await import("../stages/match/starter.ts");
  return { source: starterSource(), data: STARTER_DATA, close: () => undefined };
}
