// What somebody may have meant by a target that is not there.
import { basename, dirname, join } from "node:path";
import { lookAt } from "../io/look.ts";
import { AppError, type ErrorCode } from "../kit/error.ts";
import { nearest } from "../kit/nearest.ts";
import { parseTarget, TARGET_SCHEMES } from "../model/target.ts";

/** What a typing error ends as. A word with a colon is an image's name to every registry, so it is only known afterwards. */
const TYPICAL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  "not-found",
  "reference-invalid",
  "registry-not-found",
  "registry-denied",
  "registry-auth",
  "registry-unavailable",
  "offline",
]);

/** Words that other tools have for the same. */
const FOREIGN_SCHEMES: ReadonlyMap<string, string> = new Map([
  ["docker-daemon", "docker"],
  ["containers-storage", "podman"],
  ["oci-dir", "oci"],
  ["file", "dir"],
  ["folder", "dir"],
  ["fs", "rootfs"],
  ["image", "registry"],
]);

/** Does what the user asked for; when that fails as a typing error would, the hint says what may have been meant. */
export async function orMeant<T>(text: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AppError) || !TYPICAL.has(error.code)) throw error;
    const meant = await meantBy(text);
    if (meant === null) throw error;
    const { code, message, subject } = error;
    const otherwise = error.hint === null ? "" : ` Otherwise: ${error.hint}`;
    throw new AppError(code, message, {
      hint: `did you mean ${meant}?${otherwise}`,
      ...(subject === null ? {} : { subject }),
      cause: error,
    });
  }
}

/** @returns A target that is more likely; null when there is none. */
async function meantBy(text: string): Promise<string | null> {
  const target = parseTarget(text);
  if (target.kind === "plain") return otherScheme(text) ?? (await nearFile(text));
  if (!("path" in target)) return null;
  const near = await nearFile(target.path);
  return near === null ? null : text.replace(target.path, () => near);
}

function otherScheme(text: string): string | null {
  const colon = text.indexOf(":");
  const [word, rest] = [text.slice(0, Math.max(colon, 0)), text.slice(colon + 1)];
  if (/^https?$/.test(word) && rest.startsWith("//")) return rest.slice(2);
  // `dokcer:5000/api` is a host with its port.
  if (rest === "" || /^\d+\//.test(rest)) return null;
  const scheme = FOREIGN_SCHEMES.get(word) ?? nearest(word, TARGET_SCHEMES);
  return scheme === null ? null : `${scheme}:${rest}`;
}

/** What has nearly the same name in the same folder; null also when there is exactly that. */
async function nearFile(path: string): Promise<string | null> {
  const [folder, name] = [dirname(path), basename(path)];
  const look = await lookAt(folder).catch(() => null);
  if (look?.kind !== "folder" || look.names.includes(name)) return null;
  const near = nearest(name, look.names);
  if (near === null) return null;
  return path.startsWith("./") && folder === "." ? `./${near}` : join(folder, near);
}
