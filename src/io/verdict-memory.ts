// What was allowed to run, kept in a file, so that a machine that starts while its registry is down still knows it.
import { join } from "node:path";
import { AppError, reasonOf } from "../kit/error.ts";
import { type Digest, isDigest } from "../model/digest.ts";
import { readOptional } from "./named-file.ts";
import { writeWhole } from "./write-whole.ts";

export interface VerdictMemory {
  /** When each `NAME@DIGEST` was last allowed, RFC 3339. */
  readonly allowed: Map<string, string>;
  /** What each reference last meant. */
  readonly meant: Map<string, Digest>;
  /** Something of it is new: it is written down soon. */
  changed(): void;
}

const SCHEMA = "bulwark.dev/last-known-good/v1";
const FILE = "last-known-good.json";
const WRITE_AFTER_MS = 2_000;

/** One that is forgotten with the process. */
export function forgetful(): VerdictMemory {
  return { allowed: new Map(), meant: new Map(), changed: () => undefined };
}

/**
 * Opens what was kept under the same fingerprint. What was kept under another policy, or by other people's keys, is as if it were not there;
 * so is what cannot be read, because the worst that comes of it is that something must be asked.
 *
 * @param warn Is told once when it cannot be written.
 */
export async function openVerdictMemory(
  folder: string,
  fingerprint: Digest,
  warn: (text: string) => void,
): Promise<VerdictMemory> {
  const path = join(folder, FILE);
  const { allowed, meant } = await kept(path, fingerprint);
  let timer: NodeJS.Timeout | null = null;
  let hasFailed = false;
  const write = async (): Promise<void> => {
    timer = null;
    const document = {
      schema: SCHEMA,
      fingerprint,
      allowed: Object.fromEntries(allowed),
      meant: Object.fromEntries(meant),
    };
    try {
      await writeWhole(path, JSON.stringify(document));
    } catch (error) {
      if (!hasFailed)
        warn(`cannot keep what was allowed in ${JSON.stringify(path)}: ${reasonOf(error)}`);
      hasFailed = true;
    }
  };
  const changed = (): void => {
    if (timer === null) timer = setTimeout(() => void write(), WRITE_AFTER_MS).unref();
  };
  return { allowed, meant, changed };
}

async function kept(
  path: string,
  fingerprint: Digest,
): Promise<Pick<VerdictMemory, "allowed" | "meant">> {
  const nothing = forgetful();
  const document = await documentIn(path);
  if (document?.["schema"] !== SCHEMA || document["fingerprint"] !== fingerprint) return nothing;
  for (const [key, at] of entriesOf(document["allowed"]))
    if (!Number.isNaN(Date.parse(at))) nothing.allowed.set(key, at);
  for (const [reference, digest] of entriesOf(document["meant"]))
    if (isDigest(digest)) nothing.meant.set(reference, digest);
  return nothing;
}

async function documentIn(path: string): Promise<Record<string, unknown> | null> {
  try {
    const file = await readOptional(path);
    const document: unknown = file === null ? null : JSON.parse(file.bytes.toString("utf8"));
    return typeof document === "object" ? (document as Record<string, unknown> | null) : null;
  } catch (error) {
    if (error instanceof AppError || error instanceof SyntaxError) return null;
    throw error;
  }
}

function entriesOf(value: unknown): [string, string][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string",
  );
}
