// Says which packages an archive is and holds, from Maven's descriptors in it, its manifest, and its own name, in this order.
import { parseJavaProperties } from "../../../formats/java-properties.ts";
import type { FoundPackage } from "../../../model/package.ts";
import { isWord, licensed } from "../shared/words.ts";
import { type ArchiveName, archiveName } from "./file-name.ts";
import { knownGroup, statedGroup } from "./group.ts";
import { RENAMED } from "./group-ids.data.ts";

/** Group, artifact and version of one package; what is not known is empty. */
export interface Coordinates {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
}

/** What was found in one archive. */
export interface ArchiveEvidence {
  /** Without folder and extension. */
  readonly stem: string;
  readonly manifest: ReadonlyMap<string, string>;
  /** From `pom.properties`, and, without version, from the folders of a `pom.xml` that stands alone. */
  readonly descriptors: readonly Coordinates[];
  /** It carries its libraries, as a program or a web application does. */
  readonly isApplication: boolean;
}

/** Reads a `pom.properties`. */
export function descriptorOf(bytes: Uint8Array): Coordinates {
  const properties = parseJavaProperties(bytes);
  const of = (name: string): string => {
    const value = properties.get(name) ?? "";
    return isWord(value) && !value.includes("$") ? value : "";
  };
  return { group: of("groupId"), artifact: of("artifactId"), version: of("version") };
}

/** The packages in an archive: its own first, then those that were merged into it. */
export function packagesOf(evidence: ArchiveEvidence): FoundPackage[] {
  const own = [...distributionParts(evidence), ownCoordinates(evidence)];
  const merged = evidence.descriptors.filter((d) => d.version !== "");
  const found = new Map<string, FoundPackage>();
  const add = (coordinates: Coordinates, extra: Pick<FoundPackage, "licenses"> = {}): void => {
    const one = packageOf(coordinates);
    const key = one === null ? "" : `${one.name}@${one.version}`;
    if (one !== null && !found.has(key)) found.set(key, { ...one, ...extra });
  };
  for (const coordinates of own)
    if (coordinates !== null) add(coordinates, licensed(licensesOf(evidence.manifest)));
  for (const coordinates of merged) add(coordinates);
  return [...found.values()];
}

function packageOf({ group, artifact, version }: Coordinates): FoundPackage | null {
  if (!isWord(artifact) || !isWord(version)) return null;
  const name = group === "" ? artifact : `${group}:${artifact}`;
  return isWord(name) ? { type: "maven", name, version } : null;
}

/** What archives are that a distribution calls by names of its own. */
function distributionParts({ stem, manifest, descriptors }: ArchiveEvidence): Coordinates[] {
  const names = descriptors.length > 0 ? [] : (RENAMED.get(stem) ?? []);
  return names.map((name) => {
    const [group = "", artifact = ""] = name.split(":");
    return { group, artifact, version: statedVersion(manifest) };
  });
}

function ownCoordinates(evidence: ArchiveEvidence): Coordinates | null {
  const { stem, manifest, descriptors } = evidence;
  const named = archiveName(stem, statedVersion(manifest));
  if (named.classifier === "sources" || named.classifier === "javadoc") return null;
  const plugin = jenkinsPlugin(manifest);
  if (plugin !== null) return plugin;
  const descriptor = ownDescriptor(named, descriptors);
  if (descriptor !== null)
    return { ...descriptor, version: descriptor.version || versionOf(named, manifest) };
  return withoutDescriptor(named, evidence);
}

/** The descriptor of the archive itself: the only one, or the one of its name. */
function ownDescriptor(
  { artifact, version }: ArchiveName,
  descriptors: readonly Coordinates[],
): Coordinates | null {
  const exact = descriptors.find((d) => d.artifact === artifact);
  if (exact !== undefined) return exact;
  const [only] = descriptors;
  if (descriptors.length !== 1 || only === undefined) return null;
  // Renamed, or of a name with more to it (`group.artifact-1.0`); an archive that merged one other has another version.
  const isRenamed = version === "" || version === only.version || artifact.endsWith(only.artifact);
  return isRenamed ? only : null;
}

function withoutDescriptor(named: ArchiveName, evidence: ArchiveEvidence): Coordinates | null {
  const { artifact } = named;
  const { manifest } = evidence;
  const version = versionOf(named, manifest);
  const group = knownGroup(artifact, version) ?? statedGroup(artifact, manifest) ?? "";
  // Without version and group in sight, the name of the file is only a name: a part of an application, or of the JDK.
  if (!/^\d/.test(version) || (named.version === "" && group === "")) return null;
  // A program that somebody built for himself; nobody publishes advisories about it, and what it carries is read.
  if (group === "" && evidence.isApplication) return null;
  return { group, artifact, version };
}

function versionOf(named: ArchiveName, manifest: ReadonlyMap<string, string>): string {
  return named.version === "" ? statedVersion(manifest) : named.version;
}

/** `1.2.3`, out of `1.2.3 (b0)` and the like. */
function statedVersion(manifest: ReadonlyMap<string, string>): string {
  const stated = manifest.get("implementation-version") ?? manifest.get("bundle-version") ?? "";
  return stated.split(" ", 1)[0] ?? "";
}

/** Plugins of Jenkins name themselves in attributes of their own. */
function jenkinsPlugin(manifest: ReadonlyMap<string, string>): Coordinates | null {
  const artifact = manifest.get("short-name") ?? "";
  const version = (manifest.get("plugin-version") ?? "").split(" ", 1)[0] ?? "";
  const group = manifest.get("group-id") ?? "";
  return artifact === "" || version === "" || group === "" ? null : { group, artifact, version };
}

/** `Apache-2.0;link="…"`, several apart by commas. Addresses are declared, too. */
function licensesOf(manifest: ReadonlyMap<string, string>): string[] {
  return (manifest.get("bundle-license") ?? "")
    .split(",")
    .map((license) => license.split(";", 1)[0]?.trim() ?? "")
    .map((license) => license.replace(/^"|"$/g, ""))
    .filter((license) => license !== "" && license !== "<<EXTERNAL>>");
}
