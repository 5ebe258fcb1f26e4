import { printable } from "../../../kit/text.ts";
import type { Distribution } from "../../../model/distribution.ts";
import { parseAssignments } from "./assignments.ts";

/** Beginnings of the one-line release files, and the os-release ID that the same distribution uses. Longer ones first. */
const PRODUCTS: readonly (readonly [start: string, id: string, like: readonly string[]])[] = [
  ["Red Hat Enterprise Linux", "rhel", ["fedora"]],
  ["Scientific Linux", "scientific", ["rhel", "fedora"]],
  ["Oracle Linux", "ol", ["fedora"]],
  ["Enterprise Linux Enterprise Linux", "ol", ["fedora"]],
  ["Rocky Linux", "rocky", ["rhel", "centos", "fedora"]],
  ["AlmaLinux", "almalinux", ["rhel", "centos", "fedora"]],
  ["CentOS", "centos", ["rhel", "fedora"]],
  ["Fedora", "fedora", []],
  ["Amazon Linux", "amzn", ["fedora"]],
  ["VMware Photon", "photon", []],
  ["CBL-Mariner", "mariner", []],
  ["Microsoft Azure Linux", "azurelinux", []],
  ["SUSE Linux Enterprise", "sles", ["suse"]],
  ["openSUSE Tumbleweed", "opensuse-tumbleweed", ["opensuse", "suse"]],
  ["openSUSE", "opensuse-leap", ["suse", "opensuse"]],
];

/** Reads the first line of `etc/redhat-release` and its kin: `CentOS Linux release 7.9.2009 (Core)`. */
export function distributionOfReleaseLine(text: string): Distribution | null {
  const line = printable(text.slice(0, 4096).split("\n", 1)[0] ?? "", 200);
  const product = PRODUCTS.find(([start]) => line.startsWith(start));
  if (product === undefined) return null;
  const [start, id, like] = product;
  const version = /\d[0-9A-Za-z.]*/.exec(line.slice(start.length));
  return {
    id,
    versionId: withPatchLevel(version?.[0] ?? null, text),
    codename: null,
    name: line,
    like,
  };
}

/** `etc/SuSE-release` states the service pack apart: `PATCHLEVEL = 4`. os-release writes 11.4. */
function withPatchLevel(version: string | null, text: string): string | null {
  if (version === null || version.includes(".")) return version;
  const level = /^PATCHLEVEL = ([0-9]{1,2})$/m.exec(text.slice(0, 4096))?.[1];
  return level === undefined || level === "0" ? version : `${version}.${level}`;
}

/** Reads `etc/alpine-release`: a version and nothing else. */
export function distributionOfAlpineRelease(text: string): Distribution | null {
  const version = text.slice(0, 200).trim();
  if (!/^\d[0-9A-Za-z._]*$/.test(version)) return null;
  return {
    id: "alpine",
    versionId: version,
    codename: null,
    name: `Alpine Linux ${version}`,
    like: [],
  };
}

/**
 * Reads `etc/debian_version`: a point release (`12.5`), or `trixie/sid` on testing and unstable, which have no number.
 * The number is cut to what os-release would say.
 */
export function distributionOfDebianVersion(text: string): Distribution | null {
  const version = text.slice(0, 200).trim();
  const number = /^(\d{1,3})(\.\d{1,3})?$/.exec(version);
  if (number?.[1] !== undefined) return debian(number[1], null);
  const branch = /^([a-z]{2,20})\/sid$/.exec(version);
  return branch?.[1] === undefined ? null : debian(null, branch[1]);
}

function debian(versionId: string | null, codename: string | null): Distribution {
  const name = `Debian GNU/Linux ${versionId ?? `${codename}/sid`}`;
  return { id: "debian", versionId, codename, name, like: [] };
}

/** Reads `etc/lsb-release`: `DISTRIB_ID=Ubuntu`, `DISTRIB_RELEASE=14.04`. */
export function distributionOfLsbRelease(text: string): Distribution | null {
  const values = parseAssignments(text);
  const maker = values.get("DISTRIB_ID") ?? "";
  const version = values.get("DISTRIB_RELEASE") ?? null;
  const known = PRODUCTS.find(([start]) => maker.startsWith(start));
  const id = known?.[1] ?? maker.toLowerCase();
  if (!/^[a-z][a-z0-9._-]{1,40}$/.test(id)) return null;
  return {
    id,
    versionId: version === null ? null : printable(version, 60) || null,
    codename: printable(values.get("DISTRIB_CODENAME") ?? "", 60) || null,
    name: printable(values.get("DISTRIB_DESCRIPTION") ?? maker, 200),
    like: known?.[2] ?? (id === "ubuntu" ? ["debian"] : []),
  };
}
