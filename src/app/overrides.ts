// The overrides that may hold here: files that were named, and those that lie in a folder of this host. They are read and their
// signatures are checked once; whether one holds for an artifact is then told without a file, a network or a service.
import { join } from "node:path";
import {
  OVERRIDE_BYTES_MAX,
  OVERRIDE_PAYLOAD,
  parseOverrideDocument,
} from "../formats/override.ts";
import { now } from "../io/clock.ts";
import { type Environment, overrideFolder } from "../io/folders.ts";
import { lookAt } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { sha256Of } from "../io/sha256.ts";
import type { PublicKey } from "../io/trust/public-key.ts";
import { outputError, writeWhole } from "../io/write-whole.ts";
import { AppError } from "../kit/error.ts";
import {
  type AppliedOverride,
  appliedOverride,
  OVERRIDE_DAYS_MAX,
  type Override,
  type OverrideQuestion,
  overrideRefusal,
  type SignedOverride,
} from "../model/override.ts";

/** Where overrides may lie, and whose count. */
export interface OverridesRequest {
  /** Files that were named: one that cannot be read fails. */
  readonly files: readonly string[];
  /** A folder of this host, see `overrideFolder`; null for none. What cannot be read in it is told and passed over. */
  readonly folder: string | null;
  /** Files of public keys, one of which must have signed. Empty: nobody's override counts. */
  readonly keys: readonly string[];
  /** Null for {@link OVERRIDE_DAYS_MAX}. */
  readonly daysMax: number | null;
}

/** What is asked: for which of several names of one thing, and when. */
export type OverridesQuestion = Omit<OverrideQuestion, "subject" | "daysMax"> & {
  readonly subjects: readonly OverrideQuestion["subject"][];
};

/** Overrides that were read. */
export interface Overrides {
  readonly all: readonly PlacedOverride[];
  /** The first that holds; null when none does. Pure, and cheap enough for every request. */
  find(question: OverridesQuestion): AppliedOverride | null;
  /** Why each does not hold, as sentences. */
  refusals(question: OverridesQuestion): string[];
}

export interface PlacedOverride extends SignedOverride {
  readonly file: string;
}

const FILES_MAX = 1000;

/**
 * Reads overrides and checks who signed them.
 *
 * @param warn Is told of what lies in the folder and cannot be read.
 * @throws {AppError} `not-found`, `unreadable`, `document-invalid` for a file that was named; `key-invalid`.
 */
export async function overridesFor(
  request: OverridesRequest,
  warn: (text: string) => void,
): Promise<Overrides> {
  const keys = await publicKeys(request.keys);
  const all: PlacedOverride[] = [];
  for (const file of request.files) all.push({ file, ...(await readOverride(file, keys)) });
  const attempt = async (what: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof AppError) || error.code === "internal") throw error;
      warn(`${what} does not count: ${error.message}`);
    }
  };
  await attempt(`what lies in ${JSON.stringify(request.folder)}`, async () => {
    for (const file of await filesIn(request.folder, warn))
      await attempt(`what ${JSON.stringify(file)} holds`, async () => {
        all.push({ file, ...(await readOverride(file, keys)) });
      });
  });
  return overridesOf(all, request.daysMax ?? OVERRIDE_DAYS_MAX);
}

function overridesOf(all: readonly PlacedOverride[], daysMax: number): Overrides {
  return {
    all,
    find: ({ subjects, action, now }) => {
      for (const signed of all)
        for (const subject of subjects) {
          const applied = appliedOverride(signed, { subject, action, now, daysMax });
          if (applied !== null) return applied;
        }
      return null;
    },
    refusals: ({ subjects, action, now }) =>
      all.flatMap(({ file, key, override }) => {
        const [subject] = subjects;
        const reason =
          key === null
            ? "it is signed by no key that is trusted for overrides"
            : subject === undefined
              ? "it is about images"
              : overrideRefusal(override, { subject, action, now, daysMax });
        return reason === null
          ? []
          : [`the override ${JSON.stringify(file)} does not hold: ${reason}`];
      }),
  };
}

async function filesIn(folder: string | null, warn: (text: string) => void): Promise<string[]> {
  if (folder === null) return [];
  const look = await lookAt(folder);
  const names = look.kind === "folder" ? look.names.filter((name) => name.endsWith(".json")) : [];
  if (names.length > FILES_MAX)
    warn(`${JSON.stringify(folder)} holds over ${FILES_MAX} overrides; the others do not count`);
  return names.slice(0, FILES_MAX).map((name) => join(folder, name));
}

/** Reads public keys out of files. @throws {AppError} `not-found`, `unreadable`, `key-invalid`. */
export async function publicKeys(files: readonly string[]): Promise<PublicKey[]> {
  const { readPublicKey } = await import("../io/trust/public-key.ts");
  return Promise.all(
    files.map(async (path) =>
      readPublicKey((await readNamed("public key", path)).bytes.toString("utf8"), path),
    ),
  );
}

/** Reads an override, and finds the key that signed it. @throws {AppError} As {@link overridesFor}. */
export async function readOverride(
  file: string,
  keys: readonly PublicKey[],
): Promise<SignedOverride> {
  const [{ preAuthEncoding }, { bytes }] = await Promise.all([
    import("../formats/dsse.ts"),
    readNamed("override", file, OVERRIDE_BYTES_MAX),
  ]);
  const { envelope, override } = parseOverrideDocument(bytes);
  const signed = preAuthEncoding(OVERRIDE_PAYLOAD, envelope.payload);
  const key = keys.find((k) => envelope.signatures.some((s) => k.verifies(signed, s.bytes)));
  const digest = sha256Of(envelope.payload);
  return { digest, override, key: key === undefined ? null : key.fingerprint.slice(0, 16) };
}

/**
 * Puts an override where admission on this host looks, under the digest of what was signed. Whether it counts is told there, by
 * the keys that are trusted there.
 *
 * @throws {AppError} `not-found`, `unreadable`, `document-invalid`, `output-unwritable`, `disk-full`; `usage` for one that has ended.
 */
export async function installOverride(
  file: string,
  env: Environment,
): Promise<{ readonly override: Override; readonly path: string }> {
  const [{ bytes }, signed] = await Promise.all([
    readNamed("override", file, OVERRIDE_BYTES_MAX),
    readOverride(file, []),
  ]);
  const { until } = signed.override;
  if (isOver(signed))
    throw new AppError(
      "usage",
      `cannot use override ${JSON.stringify(file)}: it ended at ${until}`,
      {
        hint: "bulwark break-glass grant makes a new one",
      },
    );
  const path = join(overrideFolder(env), `${signed.digest.replace("sha256:", "")}.json`);
  try {
    await writeWhole(path, bytes, 0o600);
  } catch (error) {
    throw outputError("override", path, error);
  }
  return { override: signed.override, path };
}

/** An override that lies where this host looks. */
export interface InstalledOverride extends PlacedOverride {
  readonly isOver: boolean;
}

/** What lies there, with the keys by which it counts. @throws {AppError} As {@link overridesFor}. */
export async function installedOverrides(
  keys: readonly string[],
  env: Environment,
  warn: (text: string) => void,
): Promise<readonly InstalledOverride[]> {
  const folder = overrideFolder(env);
  const { all } = await overridesFor({ files: [], folder, keys, daysMax: null }, warn);
  return all.map((placed) => ({ ...placed, isOver: isOver(placed) }));
}

function isOver({ override }: SignedOverride): boolean {
  return Date.parse(override.until) <= Date.parse(now());
}
