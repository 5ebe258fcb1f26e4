// What lies in a container and is not of its image: which of it is drift, and how bad.
import { baseName, extensionOf } from "../../kit/path.ts";
import type {
  ComparedFile,
  DriftKind,
  FileContent,
  FilePlace,
  ImageFile,
  ObservedFile,
  WrittenEntry,
} from "../../model/drift.ts";
import type { Severity } from "../../model/severity.ts";
import { compareFile } from "./compare-file.ts";
import type { ImageBaseline } from "./image-baseline.ts";
import {
  CODE_EXTENSIONS,
  DERIVED_FILES,
  ENGINE_FILES,
  IMMUTABLE_FOLDERS,
  LOGIN_FILES,
  MUTABLE_FOLDERS,
  TELLING_FILES,
  TELLING_FOLDERS,
} from "./places.data.ts";

/** A difference at rest, without what all drift has. */
export interface RestingDrift {
  readonly kind: DriftKind;
  readonly severity: Severity;
  readonly file: ObservedFile;
  readonly image: ImageFile | null;
  readonly reason: string;
}

/** What a written file comes to. `unread` was not read, and nothing is known of it. */
export type Resting = RestingDrift | "unchanged" | "expected" | "unread";

/**
 * Judges a file that was written. Programs count wherever they lie; configuration and code count where nobody should write;
 * data in folders for data (logs, pid files, caches, volumes) is expected.
 */
export function restingFile(baseline: ImageBaseline, file: ObservedFile): Resting {
  const told = compareFile(baseline, file);
  if (told === null) return "unread";
  if (told.verdict === "same") return gained(file, told.image) ?? "unchanged";
  const isReplacing = file.place === "root" && baseline.at(file.path) !== null;
  const judged =
    file.content === "other" ? otherFile(file, told) : runnable(file, told, isReplacing);
  if (judged === null) return "expected";
  const [severity, reason] = judged;
  const power = powerOf(file);
  return {
    kind: told.verdict,
    severity: power === null ? severity : "high",
    file,
    image: told.image,
    reason: power === null ? reason : `${reason}; it is ${power}`,
  };
}

const SETUID_SETGID = 0o6000;

/** `chmod` is no drift, unless it lets a program act for somebody else. */
function gained(file: ObservedFile, image: ImageFile | null): RestingDrift | null {
  const bits = file.mode & SETUID_SETGID & ~(image?.mode ?? 0);
  if (bits === 0 || file.content !== "program") return null;
  const reason = `has the image's content, and was made ${powerWords(bits)}`;
  return { kind: "privileged", severity: "high", file, image, reason };
}

/** What a program that is not the image's lets people do, whoever runs it; null for one that acts for whoever runs it. */
export function powerOf({ mode, content }: ObservedFile): string | null {
  const bits = mode & SETUID_SETGID;
  return bits === 0 || content !== "program" ? null : powerWords(bits);
}

function powerWords(bits: number): string {
  return (bits & 0o4000) === 0
    ? "setgid: whoever runs it acts for its group"
    : "setuid: whoever runs it acts for its owner";
}

type Judged = readonly [severity: Severity, reason: string] | null;

function runnable(file: ObservedFile, told: ComparedFile, isReplacing: boolean): Judged {
  const { content, place, path } = file;
  const { verdict, image } = told;
  if (isReplacing) {
    const what =
      verdict === "moved" && image !== null ? `a copy of /${image.path}` : `another ${content}`;
    return ["high", `${what} stands where the image has its own`];
  }
  const isLoose = content === "script" && (file.mode & 0o111) === 0 && !isImmutable(path);
  if (isLoose) return null;
  if (verdict === "moved") {
    const from = image === null ? "" : ` of /${image.path}`;
    // A copy of a script gives nobody anything.
    return content === "script" ? null : ["medium", `is a copy${from} under another name`];
  }
  return droppedProgram(content, place);
}

function droppedProgram(content: FileContent, place: FilePlace): Judged {
  // Volumes are where people put their own.
  if (place === "volume" && content === "script") return null;
  if (place === "volume") return ["low", `is a ${content} in a volume, and not of the image`];
  if (place === "tmpfs") return ["high", `is a ${content} in memory (tmpfs), and not of the image`];
  return ["high", `is a ${content} that the image does not have`];
}

function otherFile(file: ObservedFile, told: ComparedFile): Judged {
  const { path, place } = file;
  if (place !== "root" || ENGINE_FILES.has(path) || DERIVED_FILES.has(path)) return null;
  const isModified = told.verdict === "modified";
  if (isLogin(path) && (isModified || file.sizeBytes > 0))
    return ["high", "decides who may log in, and is not the image's"];
  if (isTelling(path) && (isModified || file.sizeBytes > 0))
    return ["high", "decides what runs, or who may do what, and is not the image's"];
  const isCode = CODE_EXTENSIONS.has(extensionOf(path));
  if (isModified && isCode) return ["high", "is code, and not as the image has it"];
  if (!isImmutable(path)) return elsewhere(path, told.verdict);
  return isModified
    ? changedData(path, told.image)
    : addedData(file, isCode && told.verdict === "dropped");
}

function changedData(path: string, image: ImageFile | null): Judged {
  if (path.startsWith("etc/")) return ["medium", "is configuration, and not as the image has it"];
  const owner = image?.owner ?? null;
  return [
    "medium",
    `is not as the image has it${owner === null ? "" : `, and belongs to ${owner}`}`,
  ];
}

function addedData({ path, sizeBytes }: ObservedFile, isCode: boolean): Judged {
  if (isBytecode(path)) return ["low", "is compiled from code that lies beside it"];
  if (isCode) return ["medium", "is code that the image does not have"];
  if (path.startsWith("etc/") && sizeBytes > 0)
    return ["medium", "is configuration that the image does not have"];
  return ["low", "was put where nothing should be written"];
}

/** Applications lie in folders of their own (`/app`): what the image has there should stay. */
function elsewhere(path: string, verdict: ComparedFile["verdict"]): Judged {
  if (verdict !== "modified" || isBelow(path, MUTABLE_FOLDERS)) return null;
  return ["low", "is not as the image has it"];
}

/** Judges what is no file: links, and what was taken away. */
export function restingOther(
  baseline: ImageBaseline,
  entry: Exclude<WrittenEntry, { kind: "file" | "folder" }>,
): RestingDrift | null {
  const row = baseline.at(entry.path);
  const image = row === null ? null : baseline.file(row);
  const { path } = entry;
  if (entry.kind === "removed") {
    if (image === null || !isImmutable(path) || ENGINE_FILES.has(path)) return null;
    return {
      kind: "removed",
      severity: "medium",
      file: nothingAt(path),
      image,
      reason: "is in the image, and was taken away",
    };
  }
  if (!(isImmutable(path) || isTelling(path)) || ENGINE_FILES.has(path)) return null;
  const before = row === null ? undefined : baseline.index.files.links.get(row);
  if (before === entry.target) return null;
  const reason = `is a link to ${entry.target}${before === undefined ? "" : `, and leads to ${before} in the image`}`;
  const severity = image === null && !isTelling(path) ? "low" : "high";
  return {
    kind: image === null ? "dropped" : "relinked",
    severity,
    file: nothingAt(path),
    image,
    reason,
  };
}

/** Names of the image in a folder that are not seen there any more. */
export function hiddenIn(
  baseline: ImageBaseline,
  folder: Extract<WrittenEntry, { kind: "folder" }>,
): string[] {
  if (folder.names === null) return [];
  const seen = new Set(folder.names);
  const prefix = folder.path === "" ? "" : `${folder.path}/`;
  return baseline
    .namesIn(folder.path)
    .filter((name) => !seen.has(name))
    .map((name) => prefix + name);
}

function nothingAt(path: string): ObservedFile {
  return {
    path,
    place: "root",
    isGone: false,
    sha256: null,
    sizeBytes: 0,
    mode: 0,
    content: "other",
  };
}

export function isImmutable(path: string): boolean {
  return isBelow(path, IMMUTABLE_FOLDERS);
}

/** Where nothing is to change while a container runs: everywhere but in folders for data. */
export function staysAsItIs(path: string): boolean {
  return isTelling(path) || !isBelow(path, MUTABLE_FOLDERS);
}

function isTelling(path: string): boolean {
  return TELLING_FILES.has(path) || isLogin(path) || isBelow(path, TELLING_FOLDERS);
}

function isLogin(path: string): boolean {
  return LOGIN_FILES.has(path.split("/").slice(-2).join("/"));
}

function isBytecode(path: string): boolean {
  return path.includes("/__pycache__/") && baseName(path).endsWith(".pyc");
}

function isBelow(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path === folder || path.startsWith(`${folder}/`));
}
