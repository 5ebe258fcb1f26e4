// An image of Debian with the services of the quiet stretch, out of Debian's own packages.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { labRootfs } from "../../lab/debootstrap.ts";
import { importRoot, type LabEngine } from "../../lab/docker-engine.ts";
import type { Chore, Service } from "./stretch.ts";

export const DEBIAN_IMAGE = "bulwark-quiet:1";
/** Made once, and kept. */
const KEPT = join(tmpdir(), "bulwark-lab", "bookworm-services.tar");

/** What is installed while somebody watches: with set-user-ID programs, jobs, services and users of their own. */
const INSTALLED = "sudo at openssh-server dbus man-db less ca-certificates tree";
const EVERY_MINUTE = "* * * * * root";

const SETUP = `
export DEBIAN_FRONTEND=noninteractive
printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
apt-get update
apt-get install -y --no-install-recommends nginx-light redis-server postgresql nodejs logrotate cron curl
rm /usr/sbin/policy-rc.d
apt-get clean
apt-get install -y --no-install-recommends --download-only ${INSTALLED}
echo '${EVERY_MINUTE} /usr/sbin/logrotate --force /etc/logrotate.conf' > /etc/cron.d/rotate
echo '${EVERY_MINUTE} run-parts /etc/cron.daily' > /etc/cron.d/often
touch /var/log/wtmp /var/log/btmp /var/log/lastlog
`;

/** @returns Why there is none; null when the engine has it. */
export async function makeDebianImage(engine: LabEngine): Promise<string | null> {
  const docker = (...args: string[]): string =>
    execFileSync("docker", ["--host", engine.host, ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 64 << 20,
    })
      .toString()
      .trim();
  if (!existsSync(KEPT)) {
    const { root, reason } = await labRootfs("bookworm");
    if (root === null) return reason;
    importRoot(engine, root, "bulwark-quiet:base");
    const id = docker("create", "--network=host", "bulwark-quiet:base", "/bin/bash", "-ec", SETUP);
    docker("start", "--attach", id);
    mkdirSync(dirname(KEPT), { recursive: true });
    docker("export", "--output", `${KEPT}.partial`, id);
    renameSync(`${KEPT}.partial`, KEPT);
    docker("rm", id);
  }
  docker("import", KEPT, DEBIAN_IMAGE);
  return null;
}

const NODE_SERVER = `require("http").createServer((_, answer) => answer.end("well\\n")).listen(3000)`;
const POSTGRES = "/etc/postgresql/15/main/postgresql.conf";

export const DEBIAN_SERVICES: readonly Service[] = [
  {
    name: "nginx",
    user: "root",
    health: "curl --fail --silent --output /dev/null http://127.0.0.1/",
    command: ["nginx", "-g", "daemon off;"],
  },
  {
    name: "redis",
    user: "redis",
    health: "redis-cli ping | grep --quiet PONG",
    command: ["redis-server", "--dir", "/var/lib/redis", "--save", "30 1", "--appendonly", "yes"],
  },
  {
    name: "postgres",
    user: "postgres",
    health: "pg_isready --quiet",
    command: ["/usr/lib/postgresql/15/bin/postgres", "-c", `config_file=${POSTGRES}`],
  },
  {
    // The usual check where an image has no program for it.
    name: "node",
    user: "www-data",
    health: "bash -c '</dev/tcp/127.0.0.1/3000' && (bash -c 'echo > /dev/tcp/127.0.0.1/3000') 2>&1",
    command: ["node", "-e", NODE_SERVER],
  },
  { name: "cron", user: "root", health: "test -e /run/crond.pid", command: ["cron", "-f"] },
];

const ROTATION = "logrotate --force /etc/logrotate.conf";

/** Done once: packages from their archive. */
export const ONLINE_CHORE: Chore = {
  name: "package-update",
  within: null,
  user: "root",
  script: "apt-get update; apt-get install -y --no-install-recommends tree; apt-get upgrade -y",
  isOnline: true,
};

/** Each is done once a minute. */
export const DEBIAN_CHORES: readonly Chore[] = [
  {
    name: "nginx-load",
    within: "nginx",
    user: "www-data",
    script: "for i in {1..100}; do curl --silent --output /dev/null http://127.0.0.1/; done",
  },
  {
    name: "nginx-reload",
    within: "nginx",
    user: "root",
    script: "nginx -t; nginx -s reload; ls -l /var/log/nginx | tail -n 3; env > /dev/null",
  },
  { name: "nginx-rotation", within: "nginx", user: "root", script: ROTATION },
  {
    name: "redis-load",
    within: "redis",
    user: "redis",
    script: "redis-benchmark -q -n 2000 -t set,get,lpush; redis-cli bgsave",
  },
  { name: "redis-rotation", within: "redis", user: "root", script: ROTATION },
  {
    name: "postgres-load",
    within: "postgres",
    user: "postgres",
    script:
      "dropdb --if-exists work; createdb work; psql -q -d work -c 'create table t as select generate_series(1, 50000) n; create index on t (n); analyze t'; vacuumdb --quiet work; pg_dump work | gzip > /tmp/work.sql.gz; dropdb work",
  },
  { name: "postgres-rotation", within: "postgres", user: "root", script: ROTATION },
  {
    name: "node-load",
    within: "node",
    user: "www-data",
    script: `node -e '(async () => { for (let i = 0; i < 100; i++) await (await fetch("http://127.0.0.1:3000/")).text(); require("child_process").execSync("ls /"); })()'`,
  },
  {
    name: "package-installation",
    within: null,
    user: "root",
    script: `export DEBIAN_FRONTEND=noninteractive; apt-get install -y --no-install-recommends --no-download ${INSTALLED}; apt-get purge -y tree less; dpkg --audit`,
  },
];
