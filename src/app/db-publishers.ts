import type { Publisher } from "../io/feeds/publishers.data.ts";
import { AppError } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";

/**
 * The publishers to ask, with the addresses to ask at.
 *
 * @param wanted `only`: ids, empty for all that are not optional; `sources`: `ID=ADDRESS`, which also adds an unknown one.
 * @throws {AppError} `usage` for an id that there is not, or a source that is no pair.
 */
export function chosenPublishers(
  publishers: readonly Publisher[],
  wanted: { readonly only: readonly string[]; readonly sources: readonly string[] },
): Publisher[] {
  const addresses = new Map(wanted.sources.map(pairOf));
  const known = new Set(publishers.map((p) => p.id));
  const replaced = publishers.map((p) => ({ ...p, address: addresses.get(p.id) ?? p.address }));
  const added = [...addresses]
    .filter(([id]) => !known.has(id))
    .map(([id, address]) => ({ id, title: id, address }));
  const all: Publisher[] = [...replaced, ...added];
  const unknown = wanted.only.find((id) => !all.some((p) => p.id === id));
  if (unknown !== undefined) {
    const ids = all.map((p) => p.id);
    const near = nearest(unknown, ids);
    throw new AppError("usage", `cannot fetch from ${JSON.stringify(unknown)}: no such publisher`, {
      hint: near === null ? `they are ${ids.join(", ")}` : `did you mean ${near}?`,
    });
  }
  return all.filter((p) =>
    wanted.only.length > 0
      ? wanted.only.includes(p.id)
      : p.isOptional === undefined || addresses.has(p.id),
  );
}

function pairOf(text: string): [id: string, address: string] {
  const [, id, address] = /^([a-z0-9][a-z0-9.-]{0,60})=(\S+)$/.exec(text) ?? [];
  if (id === undefined || address === undefined || !/^https?:\/\/[^/]/.test(address))
    throw new AppError(
      "usage",
      `cannot use source ${JSON.stringify(text)}: not of the form ID=ADDRESS`,
      { hint: "as in --source osv-npm=https://mirror.example/npm.zip" },
    );
  return [id, address];
}
