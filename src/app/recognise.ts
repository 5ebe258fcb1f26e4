// What a plain path is, told by looking at it.
import { join, relative } from "node:path";
import { filesBelow } from "../io/look.ts";
import { readNamed } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import { selectionOf } from "../stages/catalog/select.ts";
import type { RecognisedTarget } from "./subject.ts";

const OBJECT_FILE = /\.(?:ya?ml|json)$/;
const FILES_MAX = { max: 2000, depth: 8 };

/**
 * A folder is an image layout, a set of Kubernetes objects, or a project. It is a set of objects when they lie in it and
 * nothing directly in it declares packages; it is both when something further down does.
 */
export async function targetOfFolder(
  path: string,
  names: readonly string[],
): Promise<RecognisedTarget> {
  if (names.includes("oci-layout") && names.includes("index.json"))
    return { kind: "layout", path, tag: null };
  const { projectCatalogers } = await import("./project-catalogers.ts");
  const selection = selectionOf(projectCatalogers);
  if (names.some((name) => selection.byName(name).length > 0)) return { kind: "project", path };
  const isEvidence = (file: string): boolean => selection.byName(relative(path, file)).length > 0;
  const wants = (file: string): boolean => OBJECT_FILE.test(file) || isEvidence(file);
  const { paths, isWhole } = await filesBelow(path, { wants, ...FILES_MAX });
  // Lock files and the like are left to their catalogers: one that may not be read is a problem of the project then.
  const candidates = paths.filter((file) => !isEvidence(file));
  const files = await objectFiles(candidates);
  const folder = { path, hasPackages: candidates.length < paths.length };
  return files.length > 0 ? { kind: "objects", files, folder, isWhole } : { kind: "project", path };
}

async function objectFiles(candidates: readonly string[]): Promise<string[]> {
  const { imageReferences } = await import("../formats/image-references.ts");
  const found: string[] = [];
  for (const path of candidates) {
    try {
      const { bytes } = await readNamed("objects", path);
      // Most files of a project are neither; what cannot be parsed is none of ours either, unless it says that it is.
      if (!/(?:^|[{,])[ \t\uFEFF]*"?(?:apiVersion|services)"?\s*:/m.test(bytes.toString("utf8")))
        continue;
      const named = imageReferences(bytes, path, () => "");
      if (named !== null && named.images.length > 0) found.push(path);
    } catch (error) {
      // Whoever reads it for its images says what is wrong with it.
      if (!(error instanceof AppError)) throw error;
      found.push(path);
    }
  }
  return found;
}

/**
 * A file is an archive of an image, an SBOM, a SARIF report, or names images.
 *
 * @throws {AppError} `usage` when it is none of these.
 */
export async function targetOfFile(path: string, head: Buffer): Promise<RecognisedTarget> {
  if (isArchive(head)) return archiveTarget(path);
  const start = head
    .toString("utf8")
    .replace(/^\uFEFF/, "")
    .trimStart();
  if (start.startsWith("{")) {
    const text =
      start.length < 4096
        ? start
        : (await readNamed("file", path, 512 << 20)).bytes.toString("utf8");
    if (/"bomFormat"|"spdxVersion"/.test(text)) return { kind: "sbom", path };
    if (/"runs"\s*:/.test(text)) return { kind: "sarif", path };
    const [said, hint] = otherDocument(text, path) ?? [];
    if (said !== undefined && hint !== undefined) throw noTarget(path, said, hint);
  }
  const { projectCatalogers } = await import("./project-catalogers.ts");
  const isEvidence = selectionOf(projectCatalogers).byName(path).length > 0;
  if (!isEvidence && OBJECT_FILE.test(path))
    return { kind: "objects", files: [path], folder: null, isWhole: true };
  const hint = isEvidence
    ? `scan the folder it lies in: bulwark scan ${join(path, "..")}`
    : "name a folder, an image archive, an SBOM, a SARIF report, or a Compose or Kubernetes file";
  throw noTarget(path, "it is no kind of file we scan", hint);
}

function noTarget(path: string, state: string, hint: string): AppError {
  return new AppError("usage", `cannot scan ${JSON.stringify(path)}: ${state}`, {
    hint,
    subject: path,
  });
}

/** Documents that go beside a target. @returns What it is, and how it is used; null for others. */
function otherDocument(text: string, path: string): readonly [string, string] | null {
  if (/"https?:\/\/openvex\.dev\/ns|"csaf_version"\s*:/.test(text))
    return [
      "it states what does not affect, and holds nothing to scan",
      `name it beside a target: bulwark scan TARGET --vex ${path}`,
    ];
  if (/"bulwark\.dev\/scans?\/v1"/.test(text))
    return [
      "it is the result of a scan",
      `to leave out what it found: bulwark scan TARGET --baseline ${path}`,
    ];
  return null;
}

/** gzip, zstd, or a tar's magic at its place. */
function isArchive(head: Buffer): boolean {
  if (head.length < 4) return false;
  if (head[0] === 0x1f && head[1] === 0x8b) return true;
  if (head.readUInt32LE(0) === 0xfd2fb528) return true;
  return head.toString("latin1", 257, 262) === "ustar";
}

/** Both kinds of archive are tars; what lies in them tells. New `docker save` writes both in one, and either will do. */
async function archiveTarget(path: string): Promise<RecognisedTarget> {
  const { indexArchive } = await import("../io/archive/archive-files.ts");
  const { documents } = await indexArchive(path);
  if (documents.has("manifest.json")) return { kind: "docker-archive", path, reference: null };
  if (documents.has("index.json")) return { kind: "oci-archive", path, tag: null };
  throw new AppError("usage", `cannot scan ${JSON.stringify(path)}: the archive holds no image`, {
    hint: "name what docker save, podman save or skopeo copy wrote",
    subject: path,
  });
}
