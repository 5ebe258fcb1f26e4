// Looks at files of a host. Links are followed inside its root only; pipes, sockets and devices are never opened; whoever may not
// look is told so, place by place.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from "node:fs";
import type { FileFact, SeenFile } from "../../model/host-record.ts";
import { codeOf } from "../error-code.ts";

/** What is wanted of a place. */
export type Wanted = "look" | "text" | "names";

/** Larger files of settings are nobody's. */
const TEXT_BYTES_MAX = 1 << 20;
const NAMES_MAX = 1000;
const LINKS_MAX = 40;

/** @param root The folder that is the host's `/`. @param path Absolute on the host. */
export function lookAtPlace(root: string, path: string, wanted: Wanted): FileFact {
  try {
    const real = insideRoot(root, path);
    const stats = lstatSync(real);
    const kind = kindOf(stats);
    const inside = root === "/" ? real : real.slice(root.length);
    const seen: SeenFile = {
      kind,
      uid: stats.uid,
      gid: stats.gid,
      mode: stats.mode & 0o7777,
      ...(inside === path ? {} : { real: inside }),
    };
    if (wanted === "text") return { ...seen, ...contentOf(real, kind) };
    return wanted === "names" && kind === "folder" ? { ...seen, ...namesOf(real) } : seen;
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
    return { kind: "hidden", why: reasons[code ?? ""] ?? code ?? "it cannot be looked at" };
  }
}

function kindOf(stats: Stats): SeenFile["kind"] {
  if (stats.isFile()) return "file";
  if (stats.isDirectory()) return "folder";
  return stats.isSocket() ? "socket" : "other";
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: "only its owner may, run it as root",
  EPERM: "only its owner may, run it as root",
  ELOOP: "its links go round in a circle",
};

/** The real path below the root, where absolute links lead from the root and none leads out. */
function insideRoot(root: string, path: string): string {
  const base = root === "/" ? "" : root;
  const left = path.split("/").filter(isName).reverse();
  const done: string[] = [];
  let links = 0;
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (name === "..") {
      done.pop();
      continue;
    }
    const at = `${base}/${[...done, name].join("/")}`;
    const target = linkAt(at);
    if (target === null) {
      done.push(name);
      continue;
    }
    links += 1;
    if (links > LINKS_MAX) throw Object.assign(new Error("links"), { code: "ELOOP" });
    if (target.startsWith("/")) done.length = 0;
    left.push(...target.split("/").filter(isName).reverse());
  }
  return `${base}/${done.join("/")}`;
}

function isName(name: string): boolean {
  return name !== "" && name !== ".";
}

/** Where a link leads; null for what is none. `/proc/PID/root` is a door rather than a link. */
function linkAt(path: string): string | null {
  if (/^\/proc\/\d+\/root$/.test(path)) return null;
  return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
}

function contentOf(path: string, kind: string): Pick<SeenFile, "text" | "unread"> {
  if (kind !== "file") return { unread: "it is no file" };
  let file: number | null = null;
  try {
    // A pipe that somebody has put there meanwhile must not hold us up.
    file = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    if (!fstatSync(file).isFile()) return { unread: "it is no file" };
    return readAll(file);
  } catch (error) {
    const code = codeOf(error) ?? "";
    return { unread: reasons[code] ?? code };
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** What the kernel shows as files has no size beforehand. */
function readAll(file: number): Pick<SeenFile, "text" | "unread"> {
  const pieces: Buffer[] = [];
  let length = 0;
  for (;;) {
    const buffer = Buffer.allocUnsafe(64 << 10);
    const read = readSync(file, buffer, 0, buffer.length, null);
    if (read === 0) return { text: Buffer.concat(pieces).toString("utf8") };
    length += read;
    if (length > TEXT_BYTES_MAX) return { unread: `it is larger than ${TEXT_BYTES_MAX} bytes` };
    pieces.push(buffer.subarray(0, read));
  }
}

function namesOf(path: string): Pick<SeenFile, "names" | "unread"> {
  try {
    const names = readdirSync(path).sort();
    if (names.length > NAMES_MAX)
      return { names: names.slice(0, NAMES_MAX), unread: `it holds more than ${NAMES_MAX} names` };
    return { names };
  } catch (error) {
    const code = codeOf(error) ?? "";
    return { unread: reasons[code] ?? code };
  }
}
