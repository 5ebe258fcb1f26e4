import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { utf8Bytes } from "../../../kit/text.ts";
import type { Distribution } from "../../../model/distribution.ts";
import { DISTRIBUTION_PATHS } from "../../../stages/catalog/distribution.ts";
import { osRelease } from "./cataloger.ts";

const read = (path: string, text: string): Distribution | null =>
  osRelease.read({ path, bytes: utf8Bytes(text) }).distribution ?? null;

test("wants exactly the paths that the stage ranks", () => {
  expect(osRelease.wants.paths).toEqual(DISTRIBUTION_PATHS);
});

test("reads the os-release of Debian 12", () => {
  const text = readFileSync(new URL("fixtures/debian-12", import.meta.url), "utf8");
  expect(read("etc/os-release", text)).toEqual({
    id: "debian",
    versionId: "12",
    codename: "bookworm",
    name: "Debian GNU/Linux 12 (bookworm)",
    like: [],
  });
});

/** The lines that matter, as the images have them. */
const releases: readonly [name: string, lines: string, wanted: Distribution][] = [
  [
    "distroless",
    'PRETTY_NAME="Distroless"\nNAME="Debian GNU/Linux"\nID="debian"\nVERSION_ID="12"\nVERSION="Debian GNU/Linux 12 (bookworm)"\n',
    {
      id: "debian",
      versionId: "12",
      codename: "bookworm",
      name: "Distroless (Debian GNU/Linux 12 (bookworm))",
      like: [],
    },
  ],
  [
    "Debian testing and sid",
    'PRETTY_NAME="Debian GNU/Linux forky/sid"\nNAME="Debian GNU/Linux"\nVERSION_CODENAME=forky\nID=debian\n',
    {
      id: "debian",
      versionId: null,
      codename: "forky",
      name: "Debian GNU/Linux forky/sid",
      like: [],
    },
  ],
  [
    "Debian sid of the time before VERSION_CODENAME",
    'PRETTY_NAME="Debian GNU/Linux bullseye/sid"\nNAME="Debian GNU/Linux"\nID=debian\n',
    {
      id: "debian",
      versionId: null,
      codename: "bullseye",
      name: "Debian GNU/Linux bullseye/sid",
      like: [],
    },
  ],
  [
    "Debian 8",
    'PRETTY_NAME="Debian GNU/Linux 8 (jessie)"\nVERSION_ID="8"\nVERSION="8 (jessie)"\nID=debian\n',
    {
      id: "debian",
      versionId: "8",
      codename: "jessie",
      name: "Debian GNU/Linux 8 (jessie)",
      like: [],
    },
  ],
  [
    "Ubuntu",
    'PRETTY_NAME="Ubuntu 24.04.1 LTS"\nNAME="Ubuntu"\nVERSION_ID="24.04"\nVERSION="24.04.1 LTS (Noble Numbat)"\nVERSION_CODENAME=noble\nID=ubuntu\nID_LIKE=debian\n',
    {
      id: "ubuntu",
      versionId: "24.04",
      codename: "noble",
      name: "Ubuntu 24.04.1 LTS",
      like: ["debian"],
    },
  ],
  [
    "Alpine",
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.19.1\nPRETTY_NAME="Alpine Linux v3.19"\n',
    { id: "alpine", versionId: "3.19.1", codename: null, name: "Alpine Linux v3.19", like: [] },
  ],
  [
    "Alpine edge",
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.21.0_alpha20240807\nPRETTY_NAME="Alpine Linux edge"\n',
    {
      id: "alpine",
      versionId: "3.21.0_alpha20240807",
      codename: null,
      name: "Alpine Linux edge",
      like: [],
    },
  ],
  [
    "CentOS Stream",
    'NAME="CentOS Stream"\nVERSION="9"\nID="centos"\nID_LIKE="rhel fedora"\nVERSION_ID="9"\nPRETTY_NAME="CentOS Stream 9"\n',
    {
      id: "centos",
      versionId: "9",
      codename: null,
      name: "CentOS Stream 9",
      like: ["rhel", "fedora"],
    },
  ],
  [
    "UBI",
    'NAME="Red Hat Enterprise Linux"\nVERSION="9.4 (Plow)"\nID="rhel"\nID_LIKE="fedora"\nVERSION_ID="9.4"\nPRETTY_NAME="Red Hat Enterprise Linux 9.4 (Plow)"\n',
    {
      id: "rhel",
      versionId: "9.4",
      codename: null,
      name: "Red Hat Enterprise Linux 9.4 (Plow)",
      like: ["fedora"],
    },
  ],
  [
    "Rocky, whose name in brackets is no codename",
    'NAME="Rocky Linux"\nVERSION="9.3 (Blue Onyx)"\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.3"\nPRETTY_NAME="Rocky Linux 9.3 (Blue Onyx)"\n',
    {
      id: "rocky",
      versionId: "9.3",
      codename: null,
      name: "Rocky Linux 9.3 (Blue Onyx)",
      like: ["rhel", "centos", "fedora"],
    },
  ],
  [
    "AlmaLinux",
    'NAME="AlmaLinux"\nID="almalinux"\nID_LIKE="rhel centos fedora"\nVERSION_ID="8.9"\nPRETTY_NAME="AlmaLinux 8.9 (Midnight Oncilla)"\n',
    {
      id: "almalinux",
      versionId: "8.9",
      codename: null,
      name: "AlmaLinux 8.9 (Midnight Oncilla)",
      like: ["rhel", "centos", "fedora"],
    },
  ],
  [
    "Oracle Linux",
    'NAME="Oracle Linux Server"\nID="ol"\nID_LIKE="fedora"\nVERSION_ID="8.9"\nPRETTY_NAME="Oracle Linux Server 8.9"\n',
    {
      id: "ol",
      versionId: "8.9",
      codename: null,
      name: "Oracle Linux Server 8.9",
      like: ["fedora"],
    },
  ],
  [
    "Amazon Linux",
    'NAME="Amazon Linux"\nVERSION="2023"\nID="amzn"\nID_LIKE="fedora"\nVERSION_ID="2023"\nPRETTY_NAME="Amazon Linux 2023.3.20240108"\n',
    {
      id: "amzn",
      versionId: "2023",
      codename: null,
      name: "Amazon Linux 2023.3.20240108",
      like: ["fedora"],
    },
  ],
  [
    "Fedora",
    'NAME="Fedora Linux"\nVERSION="42 (Container Image)"\nID=fedora\nVERSION_ID=42\nVERSION_CODENAME=""\nPRETTY_NAME="Fedora Linux 42 (Container Image)"\n',
    {
      id: "fedora",
      versionId: "42",
      codename: null,
      name: "Fedora Linux 42 (Container Image)",
      like: [],
    },
  ],
  [
    "Photon",
    'NAME="VMware Photon OS"\nVERSION="4.0"\nID=photon\nVERSION_ID=4.0\nPRETTY_NAME="VMware Photon OS/Linux"\n',
    { id: "photon", versionId: "4.0", codename: null, name: "VMware Photon OS/Linux", like: [] },
  ],
  [
    "Mariner",
    'NAME="Common Base Linux Mariner"\nVERSION="2.0.20240112"\nID=mariner\nVERSION_ID="2.0"\nPRETTY_NAME="CBL-Mariner/Linux"\n',
    { id: "mariner", versionId: "2.0", codename: null, name: "CBL-Mariner/Linux", like: [] },
  ],
  [
    "Azure Linux",
    'NAME="Microsoft Azure Linux"\nVERSION="3.0.20240727"\nID=azurelinux\nVERSION_ID="3.0"\nPRETTY_NAME="Microsoft Azure Linux 3.0"\n',
    {
      id: "azurelinux",
      versionId: "3.0",
      codename: null,
      name: "Microsoft Azure Linux 3.0",
      like: [],
    },
  ],
  [
    "openSUSE Leap",
    'NAME="openSUSE Leap"\nVERSION="15.5"\nID="opensuse-leap"\nID_LIKE="suse opensuse"\nVERSION_ID="15.5"\nPRETTY_NAME="openSUSE Leap 15.5"\n',
    {
      id: "opensuse-leap",
      versionId: "15.5",
      codename: null,
      name: "openSUSE Leap 15.5",
      like: ["suse", "opensuse"],
    },
  ],
  [
    "SLES",
    'NAME="SLES"\nVERSION="15-SP5"\nVERSION_ID="15.5"\nPRETTY_NAME="SUSE Linux Enterprise Server 15 SP5"\nID="sles"\nID_LIKE="suse"\n',
    {
      id: "sles",
      versionId: "15.5",
      codename: null,
      name: "SUSE Linux Enterprise Server 15 SP5",
      like: ["suse"],
    },
  ],
  [
    "Wolfi",
    'ID=wolfi\nNAME="Wolfi"\nPRETTY_NAME="Wolfi"\nVERSION_ID="20230201"\n',
    { id: "wolfi", versionId: "20230201", codename: null, name: "Wolfi", like: [] },
  ],
  [
    "Chainguard",
    'ID=chainguard\nNAME="chainguard"\nPRETTY_NAME="chainguard"\nVERSION_ID="20230214"\n',
    { id: "chainguard", versionId: "20230214", codename: null, name: "chainguard", like: [] },
  ],
  [
    "quotes, escapes, comments, line ends of Windows, and the last of two assignments",
    '# ID=comment\r\nID=first\r\nID=\'Last\'\r\nPRETTY_NAME="A \\"b\\" \\$c \\n"\r\nnonsense\r\n=x\r\n',
    { id: "last", versionId: null, codename: null, name: 'A "b" $c \\n', like: [] },
  ],
  [
    "escape sequences for terminals are taken out",
    'ID=x\nPRETTY_NAME="\u001b[31mred"\n',
    { id: "x", versionId: null, codename: null, name: "[31mred", like: [] },
  ],
  [
    "a name where there is none",
    "ID=x\nVERSION_ID=1\n",
    { id: "x", versionId: "1", codename: null, name: "x 1", like: [] },
  ],
];

describe("os-release", () => {
  test.each(releases)("%s", (_, lines, wanted) => {
    expect(read("usr/lib/os-release", lines)).toEqual(wanted);
  });

  test.each([
    ["empty", ""],
    ["without ID", "NAME=x\n"],
    ["something else", "\u0000\u0001ELF"],
  ])("%s says nothing", (_, text) => {
    expect(read("etc/os-release", text)).toBeNull();
  });
});

const fallbacks: readonly [
  path: string,
  text: string,
  id: string | null,
  versionId: string | null,
  codename: string | null,
][] = [
  ["etc/alpine-release", "3.19.1\n", "alpine", "3.19.1", null],
  ["etc/alpine-release", "3.21.0_alpha20240807\n", "alpine", "3.21.0_alpha20240807", null],
  ["etc/alpine-release", "who knows\n", null, null, null],
  ["etc/debian_version", "12.5\n", "debian", "12", null],
  ["etc/debian_version", "trixie/sid\n", "debian", null, "trixie"],
  ["etc/debian_version", "kali-rolling\n", null, null, null],
  ["etc/redhat-release", "CentOS Linux release 7.9.2009 (Core)\n", "centos", "7.9.2009", null],
  ["etc/redhat-release", "CentOS release 6.10 (Final)\n", "centos", "6.10", null],
  [
    "etc/redhat-release",
    "Red Hat Enterprise Linux Server release 6.10 (Santiago)\n",
    "rhel",
    "6.10",
    null,
  ],
  ["etc/redhat-release", "Red Hat Enterprise Linux release 8.9 (Ootpa)\n", "rhel", "8.9", null],
  ["etc/redhat-release", "Fedora release 39 (Thirty Nine)\n", "fedora", "39", null],
  ["etc/redhat-release", "Rocky Linux release 8.9 (Green Obsidian)\n", "rocky", "8.9", null],
  ["etc/redhat-release", "AlmaLinux release 8.9 (Midnight Oncilla)\n", "almalinux", "8.9", null],
  ["etc/redhat-release", "Something Else release 3\n", null, null, null],
  ["etc/oracle-release", "Oracle Linux Server release 6.10\n", "ol", "6.10", null],
  ["etc/system-release", "Amazon Linux AMI release 2018.03\n", "amzn", "2018.03", null],
  [
    "etc/photon-release",
    "VMware Photon OS 4.0\nPHOTON_BUILD_NUMBER=1526e30ba\n",
    "photon",
    "4.0",
    null,
  ],
  [
    "etc/mariner-release",
    "CBL-Mariner 2.0.20240112\nMARINER_BUILD_NUMBER=6d2b4c9\n",
    "mariner",
    "2.0.20240112",
    null,
  ],
  [
    "etc/SuSE-release",
    "SUSE Linux Enterprise Server 11 (x86_64)\nVERSION = 11\nPATCHLEVEL = 4\n",
    "sles",
    "11.4",
    null,
  ],
  [
    "etc/lsb-release",
    'DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=14.04\nDISTRIB_CODENAME=trusty\nDISTRIB_DESCRIPTION="Ubuntu 14.04.6 LTS"\n',
    "ubuntu",
    "14.04",
    "trusty",
  ],
  [
    "etc/lsb-release",
    'DISTRIB_ID="VMware Photon OS"\nDISTRIB_RELEASE="4.0"\n',
    "photon",
    "4.0",
    null,
  ],
  ["etc/lsb-release", "LSB_VERSION=core-4.1\n", null, null, null],
];

test.each(fallbacks)("%s %j", (path, text, id, versionId, codename) => {
  const got = read(path, text);
  expect([got?.id ?? null, got?.versionId ?? null, got?.codename ?? null]).toEqual([
    id,
    versionId,
    codename,
  ]);
});

test("never throws, whatever the bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      for (const path of DISTRIBUTION_PATHS)
        expect(osRelease.read({ path, bytes }).packages).toEqual([]);
    }),
  );
});
