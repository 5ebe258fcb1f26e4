// Whom a command believes: what its options say, over what the trust file says.

import type { LoadedTrust } from "../io/trust/examination.ts";
import { AppError } from "../kit/error.ts";
import { UNLIMITED } from "../model/trust.ts";

/** What the command line says about trust. */
export interface TrustRequest {
  /** Files of public keys. */
  readonly keys: readonly string[];
  readonly identity: string | null;
  readonly issuer: string | null;
  readonly trustedRoot: string | null;
  /** A trust file. */
  readonly trust: string | null;
}

/**
 * Reads it all.
 *
 * @throws {AppError} `usage` when nobody is believed, or only half of an identity is named; what reading the files throws.
 */
export async function trustOf(
  request: TrustRequest,
  warn: (text: string) => void,
): Promise<LoadedTrust> {
  const { keys, identity, issuer, trustedRoot, trust } = request;
  if ((identity === null) !== (issuer === null))
    throw new AppError("usage", "cannot verify an identity: --identity and --issuer go together", {
      hint: "the issuer is the address of who vouched for the identity, as https://token.actions.githubusercontent.com",
    });
  if (keys.length === 0 && identity === null && trust === null)
    throw new AppError("usage", "cannot verify: nobody is named who is believed", {
      hint: "give --key FILE, --identity I with --issuer U, or --trust FILE",
    });
  const { loadTrust, loadTrustFile, rootFromFile } = await import("../io/trust/load-trust.ts");
  const file = trust === null ? null : await loadTrustFile(trust);
  const root = trustedRoot === null ? null : await rootFromFile(trustedRoot, "--trusted-root");
  const named = await loadTrust(
    {
      keys: keys.map((path) => ({ id: path, key: { file: path }, ...UNLIMITED })),
      identities: [],
      certificates: [],
      roots: [],
    },
    ".",
  );
  const identities =
    identity === null || issuer === null
      ? []
      : [{ id: identity, identity, issuer, isGlob: false, root: root?.name ?? "public" }];
  const found = {
    keys: [...named.keys, ...(file?.keys ?? [])],
    identities: [...identities, ...(file?.identities ?? [])],
    certificates: file?.certificates ?? [],
    roots: [...(root === null ? [] : [root]), ...(file?.roots ?? named.roots)],
  };
  const { now } = await import("../io/clock.ts");
  for (const text of endingRoots(found, now())) warn(text);
  return found;
}

const DAY_MS = 86_400_000;
const WARN_DAYS = 60;

/** What there is to say of roots that end soon and that identities need. */
function endingRoots({ identities, roots }: LoadedTrust, now: string): string[] {
  const needed = roots.filter(({ name }) => identities.some(({ root }) => root === name));
  return needed.flatMap(({ name, endsAt }) => {
    const days = Math.floor((Date.parse(endsAt) - Date.parse(now)) / DAY_MS);
    if (days > WARN_DAYS) return [];
    const state = days < 0 ? "ended" : "ends";
    return [
      `an authority of the trusted root ${JSON.stringify(name)} ${state} at ${endsAt}: get a newer one`,
    ];
  });
}
