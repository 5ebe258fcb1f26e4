// Ordinary life in short: a web server, a rotation of logs and an installation in a bare Debian, which every machine of tests has.
import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labPackages } from "../../lab/debian-packages.ts";
import { labRootfs } from "../../lab/debootstrap.ts";
import { importRoot, type LabEngine } from "../../lab/docker-engine.ts";
import type { Chore, Service } from "./stretch.ts";

export const LITTLE_IMAGE = "bulwark-little:1";
const ROTATION = "/etc/logrotate.d/own";

/** Where what the image is made of lies. */
export interface LittleParts {
  readonly root: string;
  /** Of packages that it has not. */
  readonly more: readonly string[];
}

/** Why the image cannot be made here; its parts when it can. */
export async function littleParts(): Promise<LittleParts | string> {
  const { root, reason } = await labRootfs("bookworm");
  if (root === null) return reason;
  const { packages, reason: missing } = await labPackages(["logrotate", "libpopt0"]);
  if (packages === null) return missing;
  return { root, more: [...packages.values()].map((one) => one.root) };
}

export function makeLittleImage(engine: LabEngine, { root, more }: LittleParts): void {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-little-"));
  try {
    const own = join(folder, "root");
    for (const path of ["packages", "etc/logrotate.d", "var/log"])
      mkdirSync(join(own, path), { recursive: true });
    writeFileSync(
      join(own, ROTATION),
      "/var/log/wtmp /var/log/app.log { rotate 2\ncompress\ncreate\n}\n",
    );
    writeFileSync(join(own, "var/log/app.log"), "x\n");
    makePackage(join(folder, "package"), join(own, "packages/tool.deb"));
    importRoot(engine, root, LITTLE_IMAGE, [...more, own]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** With what packages bring: a set-user-ID program, another that becomes one, a job, and a user. */
function makePackage(folder: string, to: string): void {
  for (const path of ["DEBIAN", "usr/bin", "etc/cron.d"])
    mkdirSync(join(folder, path), { recursive: true });
  const control = [
    "Package: tool",
    "Version: 1",
    "Architecture: all",
    "Maintainer: Lab <lab@localhost>",
  ];
  writeFileSync(
    join(folder, "DEBIAN/control"),
    `${[...control, "Description: a tool"].join("\n")}\n`,
  );
  const after = [
    "useradd --system tool",
    "dpkg-statoverride --update --add root tool 4754 /usr/bin/tool-other",
    "install -m 644 /etc/hostname /etc/tool.conf",
  ];
  writeFileSync(join(folder, "DEBIAN/postinst"), `#!/bin/sh\nset -e\n${after.join("\n")}\n`);
  for (const name of ["tool", "tool-other"]) {
    cpSync("/bin/true", join(folder, "usr/bin", name));
    chmodSync(join(folder, "usr/bin", name), name === "tool" ? 0o4755 : 0o755);
  }
  writeFileSync(join(folder, "etc/cron.d/tool"), "@daily root /usr/bin/tool\n");
  chmodSync(join(folder, "DEBIAN/postinst"), 0o755);
  execFileSync("dpkg-deb", ["--build", "--root-owner-group", folder, to], { stdio: "pipe" });
}

const SERVER = `use IO::Socket; my $s = IO::Socket::INET->new(LocalPort => 8080, Listen => 5, ReuseAddr => 1) or die;
while (my $c = $s->accept) { print $c "well\\n"; close $c }`;

export const LITTLE_SERVICES: readonly Service[] = [
  {
    name: "web",
    user: "www-data",
    // The usual check where an image has no program for it.
    health: "bash -c '</dev/tcp/127.0.0.1/8080' && bash -c 'echo > /dev/tcp/127.0.0.1/8080'",
    command: ["perl", "-e", SERVER],
  },
];

export const LITTLE_CHORES: readonly Chore[] = [
  {
    name: "load",
    within: "web",
    user: "www-data",
    script: "for i in {1..50}; do read -r word < /dev/tcp/127.0.0.1/8080; [ $word = well ]; done",
  },
  {
    name: "rotation",
    within: "web",
    user: "root",
    script: `mkdir -p /var/lib/logrotate; for i in 1 2 3 4; do logrotate --force ${ROTATION}; done; ls /var/log/wtmp.2.gz`,
  },
  {
    name: "installation",
    within: null,
    user: "root",
    script:
      "apt-get install -y /packages/tool.deb; test -u /usr/bin/tool-other; apt-get purge -y tool; dpkg --audit",
  },
];
