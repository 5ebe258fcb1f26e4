// Whom a command believes: what its options say, over what the trust file says.

import type { LoadedTrust } from "../io/trust/examination.ts";
import type { WholeTrustFile } from "../io/trust/load-trust.ts";
import { AppError } from "../kit/error.ts";
import { UNLIMITED } from "../model/trust.ts";
import { rootEnding } from "../model/trust-description.ts";

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
  const [{ loadTrust }, { now }] = await Promise.all([
    import("../io/trust/load-trust.ts"),
    import("../io/clock.ts"),
  ]);
  const found = await loadTrust(await trustFileOf(request));
  for (const text of endingRoots(found, now())) warn(text);
  return found;
}

/** The name of the root that the command line gives. */
const GIVEN_ROOT = "--trusted-root";

/**
 * The same as one trust file: what the command line says stands before what its trust file says.
 *
 * @throws {AppError} as {@link trustOf}; what is in the files is not looked at.
 */
export async function trustFileOf(request: TrustRequest): Promise<WholeTrustFile> {
  const { keys, identity, issuer, trustedRoot, trust } = request;
  if ((identity === null) !== (issuer === null))
    throw new AppError("usage", "cannot verify an identity: --identity and --issuer go together", {
      hint: "the issuer is the address of who vouched for the identity, as https://token.actions.githubusercontent.com",
    });
  if (keys.length === 0 && identity === null && trust === null)
    throw new AppError("usage", "cannot verify: nobody is named who is believed", {
      hint: "give --key FILE, --identity I with --issuer U, or --trust FILE",
    });
  const [{ readTrustFile, wholeTrustFile }, { PUBLIC_ROOT_NAME }, { EVERYTHING }] =
    await Promise.all([
      import("../io/trust/load-trust.ts"),
      import("../formats/trust-file.ts"),
      import("../io/trust/roots.ts"),
    ]);
  const root = trustedRoot === null ? PUBLIC_ROOT_NAME : GIVEN_ROOT;
  const named = await wholeTrustFile(
    {
      keys: keys.map((path) => ({ id: path, key: { file: path }, ...UNLIMITED })),
      identities:
        identity === null || issuer === null
          ? []
          : [{ id: identity, identity, issuer, isGlob: false, root }],
      certificates: [],
      roots:
        trustedRoot === null
          ? []
          : [{ name: GIVEN_ROOT, root: { file: trustedRoot }, demands: EVERYTHING }],
    },
    ".",
  );
  const file = trust === null ? null : await readTrustFile(trust);
  return {
    keys: [...named.keys, ...(file?.keys ?? [])],
    identities: [...named.identities, ...(file?.identities ?? [])],
    certificates: file?.certificates ?? [],
    roots: [...named.roots, ...(file?.roots ?? [])],
  };
}

const WARN_DAYS = 60;

/** What there is to say of roots that end soon and that identities need. */
function endingRoots({ identities, roots }: LoadedTrust, now: string): string[] {
  const needed = roots.filter(({ name }) => identities.some(({ root }) => root === name));
  return needed.flatMap(({ name, endsAt }) =>
    rootEnding(name, endsAt, { now, endingDays: WARN_DAYS }),
  );
}
