// What reads everything for secrets: all kinds that we know, and the digest by which a secret is known again.
import { sha256Of } from "../io/sha256.ts";
import { hexOf } from "../model/digest.ts";
import { secretGroups } from "../plugins/secrets/index.ts";
import { published } from "../plugins/secrets/shared/published.data.ts";
import type { SecretKind } from "../stages/secrets/contract.ts";
import { SecretReader } from "../stages/secrets/reader.ts";
import { SecretSearch } from "../stages/secrets/scan.ts";
import { PackedSecretReader } from "./packed-secrets.ts";

const kinds: readonly SecretKind[] = secretGroups.flatMap((group) => group.kinds);
const wrappings = secretGroups.flatMap((group) => group.wrappings ?? []);
const kindsById: ReadonlyMap<string, SecretKind> = new Map(kinds.map((kind) => [kind.id, kind]));

/** Made once: many readers may use it, for it keeps nothing. */
let search: SecretSearch | null = null;

/** Told of files, it tells the secrets in them. */
export function secretReader(): PackedSecretReader {
  search ??= new SecretSearch(kinds, wrappings);
  const sha256 = (text: string): string => hexOf(sha256Of(text));
  return new PackedSecretReader(new SecretReader(search, { sha256, published }));
}

export function secretKind(id: string): SecretKind | undefined {
  return kindsById.get(id);
}
