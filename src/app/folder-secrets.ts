// Secrets of a folder: in its files, and in the history of the repository that it is.

import { secretFindings } from "../stages/secrets/findings.ts";
import type { SecretReader } from "../stages/secrets/reader.ts";
import type { Examined } from "./examined.ts";
import { secretKind } from "./secret-search.ts";
import { unsearched } from "./unsearched.ts";

/** Adds the secrets that a reader was told of to what is known of a folder. */
export async function withSecretsIn(
  _path: string,
  examined: Examined,
  { reader }: { readonly reader: SecretReader },
): Promise<Examined> {
  const reading = reader.taken();
  const placed = reading.hits.map((hit) => ({ ...hit, layer: null, isHidden: false }));
  const { inventory } = examined;
  return {
    ...examined,
    inventory: { ...inventory, problems: [...inventory.problems, ...unsearched(reading)] },
    code: [...examined.code, ...secretFindings(placed, secretKind)],
  };
}
