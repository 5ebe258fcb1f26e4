// From a purl, and what tools say beside it, to a package as our catalogers find it.
import type { Distribution } from "../model/distribution.ts";
import type { FoundPackage, PackageType } from "../model/package.ts";
import type { Purl } from "./purl.ts";
import { plainDistribution, type SbomEntry } from "./sbom-entry.ts";

/** The package that a purl names; the purl's `upstream` and what tools say of the source package become its source. */
export function foundOf(
  purl: Purl & { readonly type: PackageType },
  entry: SbomEntry,
): FoundPackage {
  const { type, qualifiers } = purl;
  const version = versionOf(purl);
  const own = { name: nameOf(purl), version };
  const source = sourceOf(purl, entry, own);
  const architecture = qualifiers.get("arch") ?? "";
  const module = entry.module || (qualifiers.get("rpmmod") ?? "");
  const vendor = entry.vendor || (qualifiers.get("vendor") ?? "");
  return {
    type,
    ...own,
    ...(source === null ? {} : { source }),
    ...(architecture === "" ? {} : { architecture }),
    ...(entry.licenses.length === 0 ? {} : { licenses: entry.licenses }),
    ...(entry.development ? { development: true } : {}),
    ...(vendor === "" ? {} : { vendor }),
    // Module and stream; what follows is the build, which advisories do not name.
    ...(module === "" ? {} : { module: module.split(":").slice(0, 2).join(":") }),
  };
}

/** The name as the ecosystem writes it. */
function nameOf({ type, namespace, name }: Purl): string {
  if (namespace === "" || type === "deb" || type === "apk" || type === "rpm") return name;
  return type === "maven" ? `${namespace}:${name}` : `${namespace}/${name}`;
}

/** rpm's epoch stands in a qualifier of its own. */
function versionOf({ type, version, qualifiers }: Purl): string {
  const epoch = type === "rpm" ? (qualifiers.get("epoch") ?? "") : "";
  return epoch === "" || epoch === "0" || version.includes(":") ? version : `${epoch}:${version}`;
}

type Named = Pick<FoundPackage, "name" | "version">;

function sourceOf(purl: Purl, entry: SbomEntry, own: Named): Named | null {
  const { type, qualifiers } = purl;
  if (type !== "deb" && type !== "apk" && type !== "rpm") return null;
  const told = { name: entry.sourceName, version: entry.sourceVersion || own.version };
  const source =
    told.name !== "" && !told.name.endsWith(".rpm")
      ? told
      : (sourceRpm(entry.sourceRpm || told.name, own) ??
        upstream(qualifiers.get("upstream") ?? "", own));
  const isOwn = source === null || (source.name === own.name && source.version === own.version);
  return isOwn ? null : source;
}

/** `glibc`, `glibc@2.31-13`, or the file name of a source rpm. */
function upstream(text: string, own: Named): Named | null {
  if (text === "") return null;
  if (text.endsWith(".rpm")) return sourceRpm(text, own);
  const at = text.lastIndexOf("@");
  return at <= 0
    ? { name: text, version: own.version }
    : { name: text.slice(0, at), version: text.slice(at + 1) };
}

/** The file name does not carry the epoch; it is the package's own when both have the same version. */
function sourceRpm(file: string, own: Named): Named | null {
  const parts = /^(.+)-([^-]+-[^-]+)\.(?:no)?src\.rpm$/.exec(file.slice(0, 500));
  const [, name, revision] = parts ?? [];
  if (name === undefined || revision === undefined) return null;
  const epoch = /^\d+:/.exec(own.version)?.[0] ?? "";
  return { name, version: own.version === `${epoch}${revision}` ? own.version : revision };
}

/** The distribution that a system package's purl names: `distro=debian-12`, `distro=3.19.1` under `pkg:apk/alpine`. */
export function distributionOfPurl(purl: Purl): Distribution | null {
  const { type, namespace, qualifiers } = purl;
  if (type !== "deb" && type !== "apk" && type !== "rpm") return null;
  const distro = qualifiers.get("distro") ?? "";
  if (distro === "") return null;
  const split = /^([a-z][a-z0-9_-]*?)-(\d[^-]*)$/i.exec(distro);
  if (split !== null) return plainDistribution(split[1] ?? "", split[2] ?? "");
  if (/^\d/.test(distro)) return namespace === "" ? null : plainDistribution(namespace, distro);
  // `sid`, `bookworm`, or an id alone.
  const dash = distro.indexOf("-");
  if (dash > 0) return plainDistribution(distro.slice(0, dash), distro.slice(dash + 1));
  if (namespace === "" || namespace === distro) return plainDistribution(distro, "");
  return plainDistribution(namespace, distro);
}
