import type { PackageType } from "../../model/package.ts";

/** How advisories speak of a distribution's packages. */
export interface System {
  readonly type: Extract<PackageType, "deb" | "apk" | "rpm">;
  /** Whether they name the source package, with its version, or each binary package. */
  readonly names: "source" | "binary";
  /**
   * Which part of `VERSION_ID` names the release: all of it, the first number, the first two, or nothing because there is
   * one release only.
   */
  readonly release: "whole" | "major" | "minor" | "rolling";
  /**
   * Ecosystems as OSV writes them, with `*` where the release stands. All that the source has are looked up.
   *
   * @see https://ossf.github.io/osv-schema/#defined-ecosystems
   */
  readonly ecosystems: readonly string[];
}

const RED_HAT: System = {
  type: "rpm",
  names: "binary",
  release: "major",
  ecosystems: [
    "Red Hat:enterprise_linux:*",
    "Red Hat:enterprise_linux:*::baseos",
    "Red Hat:enterprise_linux:*::appstream",
    "Red Hat:enterprise_linux:*::crb",
    "Red Hat:enterprise_linux:*::server",
    "Red Hat:enterprise_linux:*::client",
    "Red Hat:enterprise_linux:*::workstation",
    "Red Hat:enterprise_linux:*::computenode",
  ],
};

const AZURE: System = {
  type: "rpm",
  names: "source",
  release: "major",
  ecosystems: ["Azure Linux:*", "CBL-Mariner:*", "Mariner:*"],
};

/**
 * The distributions whose advisories we know, by `ID` of os-release. What is not here is unsupported: a distribution that is
 * made from another one (Raspbian, Linux Mint, Kali) rebuilds and renumbers packages, and to guess would be to be wrong.
 */
export const SYSTEMS: ReadonlyMap<string, System> = new Map<string, System>([
  ["debian", { type: "deb", names: "source", release: "major", ecosystems: ["Debian:*"] }],
  [
    "ubuntu",
    {
      type: "deb",
      names: "source",
      release: "whole",
      ecosystems: ["Ubuntu:*", "Ubuntu:*:LTS"],
    },
  ],
  ["alpine", { type: "apk", names: "source", release: "minor", ecosystems: ["Alpine:v*"] }],
  ["wolfi", { type: "apk", names: "source", release: "rolling", ecosystems: ["Wolfi"] }],
  ["chainguard", { type: "apk", names: "source", release: "rolling", ecosystems: ["Chainguard"] }],
  ["alpaquita", { type: "apk", names: "source", release: "major", ecosystems: ["Alpaquita:*"] }],
  [
    "bellsoft-hardened-containers",
    {
      type: "apk",
      names: "source",
      release: "major",
      ecosystems: ["BellSoft Hardened Containers:*"],
    },
  ],
  ["almalinux", { type: "rpm", names: "binary", release: "major", ecosystems: ["AlmaLinux:*"] }],
  ["rocky", { type: "rpm", names: "binary", release: "major", ecosystems: ["Rocky Linux:*"] }],
  ["rhel", RED_HAT],
  ["redhat", RED_HAT],
  ["ol", { type: "rpm", names: "binary", release: "major", ecosystems: ["Oracle Linux:*"] }],
  ["amzn", { type: "rpm", names: "binary", release: "major", ecosystems: ["Amazon Linux:*"] }],
  ["photon", { type: "rpm", names: "source", release: "whole", ecosystems: ["Photon OS:*"] }],
  ["mariner", { ...AZURE, release: "whole" }],
  ["azurelinux", AZURE],
  ["opensuse-leap", { type: "rpm", names: "source", release: "whole", ecosystems: ["openSUSE:Leap *"] }],
  ["opensuse-tumbleweed", { type: "rpm", names: "source", release: "rolling", ecosystems: ["openSUSE:Tumbleweed"] }],
  [
    "sles",
    {
      type: "rpm",
      names: "source",
      release: "whole",
      ecosystems: [
        "SUSE:Linux Enterprise Server *",
        "SUSE:Linux Enterprise Server *-LTSS",
        "SUSE:Linux Enterprise Module for Basesystem *",
        "SUSE:Linux Enterprise Module for Server Applications *",
        "SUSE:Linux Enterprise Module for Development Tools *",
        "SUSE:Linux Enterprise Module for Web and Scripting *",
        "SUSE:Linux Enterprise Module for Containers *",
        "SUSE:Linux Enterprise Module for Legacy *",
        "SUSE:Linux Enterprise Module for Python 3 *",
      ],
    },
  ],
]);

/** Debian's releases that have no number in os-release until they are out. */
export const DEBIAN_CODENAMES: ReadonlyMap<string, string> = new Map([
  ["bookworm", "12"],
  ["trixie", "13"],
  ["forky", "14"],
  ["duke", "15"],
  ["sid", "sid"],
]);
