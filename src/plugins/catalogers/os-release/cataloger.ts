// Names the distribution of an image: os-release(5), and the files that older and stripped images have instead.
import { baseName } from "../../../kit/path.ts";
import { printable, utf8 } from "../../../kit/text.ts";
import type { Distribution } from "../../../model/distribution.ts";
import {
  type Cataloger,
  type EvidenceFile,
  NOTHING,
  type Reading,
} from "../../../stages/catalog/contract.ts";
import { parseAssignments } from "./assignments.ts";
import {
  distributionOfAlpineRelease,
  distributionOfDebianVersion,
  distributionOfLsbRelease,
  distributionOfReleaseLine,
} from "./release-line.ts";

const READERS: ReadonlyMap<string, (text: string) => Distribution | null> = new Map([
  ["os-release", distributionOfOsRelease],
  ["lsb-release", distributionOfLsbRelease],
  ["alpine-release", distributionOfAlpineRelease],
  ["debian_version", distributionOfDebianVersion],
]);

export const osRelease: Cataloger = {
  id: "os-release",
  title: "The distribution, from os-release and its predecessors",
  needs: [],
  state: "stable",
  version: 1,
  evidence: "installed",
  types: [],
  wants: {
    paths: [
      "etc/os-release",
      "usr/lib/os-release",
      "etc/lsb-release",
      "etc/alpine-release",
      "etc/oracle-release",
      "etc/centos-release",
      "etc/photon-release",
      "etc/mariner-release",
      "etc/redhat-release",
      "etc/system-release",
      "etc/SuSE-release",
      "etc/debian_version",
    ],
  },
  limitBytes: 1 << 20,
  read,
};

function read(file: EvidenceFile): Reading {
  const reader = READERS.get(baseName(file.path)) ?? distributionOfReleaseLine;
  // What cannot be understood is no problem of its own: without any distribution the system packages are one.
  const distribution = reader(utf8(file.bytes.subarray(0, 1 << 16)));
  return distribution === null ? NOTHING : { packages: [], distribution, problems: [] };
}

function distributionOfOsRelease(text: string): Distribution | null {
  const values = parseAssignments(text);
  const field = (key: string): string | null => printable(values.get(key) ?? "", 200) || null;
  const id = field("ID")?.toLowerCase() ?? null;
  if (id === null) return null;
  const versionId = field("VERSION_ID");
  const codename =
    field("VERSION_CODENAME") ?? codenameWithin(field("VERSION"), field("PRETTY_NAME"));
  const name = field("PRETTY_NAME") ?? [field("NAME") ?? id, versionId ?? ""].join(" ").trim();
  const like = (field("ID_LIKE") ?? "")
    .toLowerCase()
    .split(" ")
    .filter((word) => word !== "");
  return { id, versionId, codename, name: nameOf(name, field("VERSION")), like };
}

/** Images without VERSION_CODENAME name it in brackets (`8 (jessie)`), testing and unstable before a slash (`bullseye/sid`). */
function codenameWithin(version: string | null, prettyName: string | null): string | null {
  const inBrackets = /\(([a-z]{2,20})\)$/.exec(version ?? "");
  const beforeSid = / ([a-z]{2,20})\/sid$/.exec(prettyName ?? "");
  return inBrackets?.[1] ?? beforeSid?.[1] ?? null;
}

/** Distroless images are "Distroless" to people and Debian to advisories; VERSION says the latter. */
function nameOf(prettyName: string, version: string | null): string {
  return prettyName === "Distroless" && version !== null ? `Distroless (${version})` : prettyName;
}
