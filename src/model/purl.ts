// Package URLs: the written form of a package's identity. @see https://github.com/package-url/purl-spec
import { utf8Bytes } from "../kit/text.ts";
import type { Distribution } from "./distribution.ts";
import type { FoundPackage } from "./package.ts";

/**
 * Writes a package as a purl.
 *
 * Qualifiers, in order: `arch`, `distro` (`debian-12`), `epoch` (rpm), `upstream` (the source package, as other tools write it)
 * and `vendor` where two makers use one name.
 *
 * Module paths of Go keep their case although the specification would lower it: advisories are told apart by it.
 */
export function purlOf(found: FoundPackage, distribution: Distribution | null): string {
  const { namespace, name } = placed(found, distribution);
  const { epoch, version } = versionOf(found);
  const path = namespace === "" ? "" : `${namespace.split("/").map(encoded).join("/")}/`;
  const at = version === "" ? "" : `@${encoded(version)}`;
  const written = qualifiers(found, distribution, epoch);
  return `pkg:${found.type}/${path}${encoded(name)}${at}${written === "" ? "" : `?${written}`}`;
}

interface Name {
  readonly namespace: string;
  readonly name: string;
}

/** Splits what an ecosystem writes as one name into purl's two. */
function placed(found: FoundPackage, distribution: Distribution | null): Name {
  switch (found.type) {
    case "deb":
    case "apk":
    case "rpm":
      return { namespace: distribution?.id ?? "", name: found.name };
    case "maven":
      return splitAt(found.name, found.name.indexOf(":"));
    case "npm":
    case "golang":
      return splitAt(found.name, found.name.lastIndexOf("/"));
    case "composer":
      return splitAt(found.name.toLowerCase(), found.name.lastIndexOf("/"));
    case "pypi":
      return { namespace: "", name: found.name.toLowerCase().replaceAll("_", "-") };
    default:
      return { namespace: "", name: found.name };
  }
}

function splitAt(name: string, at: number): Name {
  return at <= 0
    ? { namespace: "", name }
    : { namespace: name.slice(0, at), name: name.slice(at + 1) };
}

/** rpm's epoch stands in a qualifier of its own. */
function versionOf(found: FoundPackage): { epoch: string; version: string } {
  const match = found.type === "rpm" ? /^(\d+):(.*)$/.exec(found.version) : null;
  return match === null
    ? { epoch: "", version: found.version }
    : { epoch: match[1] ?? "", version: match[2] ?? "" };
}

function qualifiers(found: FoundPackage, distribution: Distribution | null, epoch: string): string {
  const isSystem = found.type === "deb" || found.type === "apk" || found.type === "rpm";
  const pairs: readonly (readonly [string, string])[] = [
    ["arch", found.architecture ?? ""],
    ["distro", isSystem && distribution !== null ? release(distribution) : ""],
    ["epoch", epoch === "0" ? "" : epoch],
    ["upstream", found.source === undefined ? "" : upstream(found.source, found.version)],
    ["vendor", found.vendor ?? ""],
  ];
  return pairs
    .filter(([, value]) => value !== "")
    .map(([key, value]) => `${key}=${encoded(value)}`)
    .join("&");
}

function release({ id, versionId, codename }: Distribution): string {
  const which = versionId ?? codename;
  return which === null ? id : `${id}-${which}`;
}

function upstream(source: NonNullable<FoundPackage["source"]>, version: string): string {
  return source.version === version ? source.name : `${source.name}@${source.version}`;
}

/** Percent-encodes all but letters, digits and `.-_~:`. */
function encoded(text: string): string {
  if (/^[A-Za-z0-9._~:-]*$/.test(text)) return text;
  let written = "";
  for (const byte of utf8Bytes(text)) {
    const char = String.fromCharCode(byte);
    written += /[A-Za-z0-9._~:-]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return written;
}
