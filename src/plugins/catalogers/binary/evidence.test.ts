// The measure is what was really shipped: programs out of Debian's own packages, whose upstream version dpkg knows.
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type LabPackage, labPackages } from "../../../../test/lab/debian-packages.ts";
import { LAB_TIMEOUT_MS } from "../../../../test/lab/debootstrap.ts";
import { isElf } from "../../../formats/elf.ts";
import { binary } from "./cataloger.ts";
import { PROGRAMS } from "./classifiers.data.ts";

/** Debian package, the program in it, and the version where Debian writes it in a way of its own. */
const SHIPPED: readonly (readonly [string, string, ((version: string) => string)?])[] = [
  ["apache2-bin", "apache"],
  ["bash", "bash"],
  ["bind9", "bind"],
  ["bird2", "bird"],
  ["busybox", "busybox"],
  ["libbz2-1.0", "bzip2"],
  ["chrony", "chrony"],
  ["coturn", "coturn"],
  ["cups-daemon", "cups"],
  ["curl", "curl"],
  ["libcurl4", "curl"],
  ["dnsmasq-base", "dnsmasq"],
  ["dovecot-core", "dovecot"],
  ["dropbear-bin", "dropbear"],
  ["exim4-daemon-light", "exim"],
  ["libexpat1", "expat"],
  ["ffmpeg", "ffmpeg"],
  ["libavutil57", "ffmpeg"],
  ["freeradius", "freeradius"],
  ["libgs10", "ghostscript", (v) => v.replace(/^10\.0\./, "10.00.")],
  ["git", "git"],
  ["libc6", "glibc"],
  ["gpg", "gnupg"],
  ["libgnutls30", "gnutls"],
  ["gzip", "gzip"],
  ["haproxy", "haproxy"],
  ["libmagickcore-6.q16-6", "imagemagick", (v) => v.replace(/\.(\d+)$/, "-$1")],
  ["iptables", "iptables"],
  ["openjdk-17-jre-headless", "java", (v) => v.replace(/[.+]\d+(\+\d+)?$/, "")],
  ["keepalived", "keepalived"],
  ["knot", "knot"],
  ["libarchive13", "libarchive"],
  ["libgcrypt20", "libgcrypt"],
  ["libpng16-16", "libpng"],
  ["libssh-4", "libssh"],
  ["libssh2-1", "libssh2"],
  ["libtiff6", "libtiff"],
  ["libxml2", "libxml2"],
  ["libyaml-0-2", "libyaml"],
  ["lighttpd", "lighttpd"],
  ["lua5.4", "lua"],
  ["mariadb-server-core", "mariadb"],
  ["memcached", "memcached"],
  ["libmodsecurity3", "modsecurity"],
  ["monit", "monit"],
  ["mosquitto", "mosquitto"],
  ["musl", "musl"],
  ["libnghttp2-14", "nghttp2"],
  ["nginx", "nginx"],
  ["libnode108", "node"],
  ["nsd", "nsd"],
  ["libopenjp2-7", "openjpeg"],
  ["slapd", "openldap"],
  ["openssh-server", "openssh"],
  ["openssh-client", "openssh"],
  ["openssl", "openssl"],
  ["libssl3", "openssl"],
  ["openvpn", "openvpn"],
  ["libpcre2-8-0", "pcre2"],
  ["perl-base", "perl"],
  ["libperl5.36", "perl"],
  ["pgbouncer", "pgbouncer"],
  ["php8.2-cli", "php"],
  ["libphp8.2-embed", "php"],
  ["postfix", "postfix"],
  ["postgresql-15", "postgresql"],
  ["pdns-recursor", "powerdns"],
  ["proftpd-core", "proftpd"],
  ["python3.11-minimal", "python"],
  ["libpython3.11", "python"],
  ["redis-tools", "redis"],
  ["rsync", "rsync"],
  ["rsyslog", "rsyslog"],
  ["libruby3.1", "ruby"],
  ["libsqlite3-0", "sqlite"],
  ["squid", "squid"],
  ["strongswan-charon", "strongswan"],
  ["stunnel4", "stunnel"],
  ["sudo", "sudo"],
  ["tar", "tar"],
  ["libtcl8.6", "tcl"],
  ["tcpdump", "tcpdump"],
  ["tor", "tor"],
  ["unbound", "unbound"],
  ["varnish", "varnish"],
  ["vsftpd", "vsftpd"],
  ["wget", "wget"],
  ["wpasupplicant", "wpa_supplicant"],
  ["xz-utils", "xz"],
  ["liblzma5", "xz"],
  ["zlib1g", "zlib"],
  ["zstd", "zstd"],
  ["libzstd1", "zstd"],
];

/** Seen by hand in Debian 13; not in the release that the lab has. */
const ELSEWHERE = ["valkey"];

/** Known from its source alone: OpenResty changes the name in the text that nginx prints for `-v`. No build of it was looked at. */
const UNSEEN = ["openresty"];

/** `5:7.0.15+dfsg-1~deb12u7` → `7.0.15`; `3.1.7+really3.1.2` → `3.1.2`. */
function upstream(version: string): string {
  const whole = version.replace(/^\d+:/, "").replace(/-[^-]*$/, "");
  return (whole.split("really").at(-1) ?? whole).replace(/[+~.]+(dfsg|ds|deb)[\d.~+]*.*$/, "");
}

function found({ root }: LabPackage): string[] {
  const said = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => binary.wants.test?.(path) === true && lstatSync(join(root, path)).isFile())
    .map((path) => ({ path, bytes: readFileSync(join(root, path)) }))
    .filter(({ bytes }) => isElf(bytes))
    .flatMap((file) => binary.read(file).packages);
  return [...new Set(said.map((p) => `${p.name}@${p.version}`))];
}

describe("programs of Debian's packages", () => {
  let lab: Awaited<ReturnType<typeof labPackages>>;

  beforeAll(async () => {
    lab = await labPackages(SHIPPED.map(([name]) => name));
  }, LAB_TIMEOUT_MS);

  test.for(SHIPPED.map(([name, program, written]) => ({ name, program, written })))(
    "$name has $program",
    ({ name, program, written = (v: string): string => v }, { skip }) => {
      if (lab.packages === null) return skip(lab.reason);
      const shipped = lab.packages.get(name) ?? expect.fail("not unpacked");
      const version = written(upstream(shipped.version));
      const isBitnami = PROGRAMS.find((p) => p.name === program)?.type === "bitnami";
      const padded = isBitnami ? [...version.split("."), "0"].slice(0, 3).join(".") : version;
      expect(found(shipped)).toEqual([`${program}@${padded}`]);
    },
  );

  test("every program of the table was seen in a real file, but those that are said not to be", () => {
    const proved = new Set([...SHIPPED.map(([, program]) => program), ...ELSEWHERE]);
    expect(PROGRAMS.map((p) => p.name).filter((name) => !proved.has(name))).toEqual(UNSEEN);
  });
});

test("node's own file has node", () => {
  const bytes = readFileSync(process.execPath);
  const path = "usr/local/bin/node";
  const { packages } = binary.read({ path, bytes });
  // Debian's node is a small file beside libnode, which is proved above.
  const wanted =
    bytes.length < 20_000_000
      ? []
      : [{ type: "bitnami", name: "node", version: process.versions.node }];
  expect(packages).toEqual(wanted);
});
