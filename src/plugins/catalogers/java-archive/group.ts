import { GROUPS, MOVED } from "./group-ids.data.ts";

interface Known {
  readonly exact: ReadonlyMap<string, string>;
  /** Longest first. */
  readonly beginnings: readonly (readonly [beginning: string, group: string])[];
}

let prepared: Known | null = null;

/** Made when it is first needed: most images have no Java. */
function known(): Known {
  if (prepared !== null) return prepared;
  const pairs = GROUPS.flatMap(([group, artifacts]) =>
    artifacts.split(" ").map((artifact) => [artifact, group] as const),
  );
  const beginnings = pairs
    .filter(([artifact]) => artifact.endsWith("*"))
    .map(([artifact, group]) => [artifact.slice(0, -1), group] as const)
    .sort(([a], [b]) => b.length - a.length);
  prepared = { exact: new Map(pairs), beginnings };
  return prepared;
}

/** The group of a well-known artifact; null for all others. */
export function knownGroup(artifact: string, version: string): string | null {
  const moved = MOVED.find((rule) => rule.artifact.test(artifact));
  if (moved !== undefined) {
    const major = Number.parseInt(version, 10);
    return major < moved.major ? moved.before : moved.since;
  }
  const { exact, beginnings } = known();
  return (
    exact.get(artifact) ??
    beginnings.find(([beginning]) => artifact.startsWith(beginning))?.[1] ??
    null
  );
}

/**
 * The group as the manifest tells it: by the vendor's id, or by a symbolic name that ends in the artifact's own
 * (`org.tukaani.xz`, or `org.apache.logging.log4j.core` of `log4j-core`). null when it tells none.
 */
export function statedGroup(
  artifact: string,
  manifest: ReadonlyMap<string, string>,
): string | null {
  const stated = [
    manifest.get("group-id") ?? "",
    groupOfName(symbolicName(manifest), artifact),
    groupOfName(manifest.get("automatic-module-name") ?? "", artifact),
    manifest.get("implementation-vendor-id") ?? "",
  ];
  return stated.find(isGroup) ?? null;
}

function symbolicName(manifest: ReadonlyMap<string, string>): string {
  return (manifest.get("bundle-symbolicname") ?? "").split(";", 1)[0]?.trim() ?? "";
}

function groupOfName(name: string, artifact: string): string {
  if (name.endsWith(`.${artifact}`)) return name.slice(0, -artifact.length - 1);
  const dot = name.lastIndexOf(".");
  const dash = artifact.lastIndexOf("-");
  return dot > 0 && dash > 0 && name.slice(dot + 1) === artifact.slice(dash + 1)
    ? name.slice(0, dot)
    : "";
}

/** What vendors call themselves although they have many groups. */
const TOO_WIDE: ReadonlySet<string> = new Set([
  "com.google",
  "com.oracle",
  "com.sun",
  "org.apache",
  "org.eclipse",
  "org.jboss",
]);

/** Groups are written like packages; a single word is too little to go by. */
function isGroup(text: string): boolean {
  if (TOO_WIDE.has(text)) return false;
  return text.length <= 200 && /^[a-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)+$/.test(text);
}
