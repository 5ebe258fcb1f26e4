// The measure is rpm itself, where it is installed: what it says of the same database files, and of packages it builds.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { missingPrograms } from "../../../../test/lab/programs.ts";
import { describeShared, sharedPath } from "../../../../test/shared.ts";
import type { FoundPackage } from "../../../model/package.ts";
import type { Reading } from "../../../stages/catalog/contract.ts";
import { rpm } from "./cataloger.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bulwark-rpm-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, words: readonly string[]): string {
  return execFileSync(program, words, {
    encoding: "utf8",
    maxBuffer: 256 << 20,
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** A folder of its own for each database: rpm writes into the folders that it reads. */
function placed(name: string, file: string, bytes: Uint8Array): { dbpath: string; file: string } {
  const dbpath = join(folder, name);
  mkdirSync(dbpath, { recursive: true });
  writeFileSync(join(dbpath, file), bytes);
  return { dbpath, file: join(dbpath, file) };
}

const golden = (path: string): Buffer =>
  gunzipSync(readFileSync(sharedPath(`data/goldens/rpmdb/${path}.gz`)));
const catalog = (bytes: Uint8Array): Reading => rpm.read({ path: "var/lib/rpm/Packages", bytes });

const FIELDS = [
  "NAME",
  "EPOCHNUM",
  "VERSION",
  "RELEASE",
  "ARCH",
  "SOURCERPM",
  "VENDOR",
  "LICENSE",
  "MODULARITYLABEL",
];

/** One line a package, from rpm. */
function queried(dbpath: string): string[] {
  const format = `${FIELDS.map((field) => `%{${field}}`).join("\\t")}\\n`;
  return run("rpm", ["--dbpath", dbpath, "-qa", "--qf", format])
    .trim()
    .split("\n")
    .filter((line) => !line.startsWith("gpg-pubkey\t"))
    .map((line) => line.split("\t"))
    .map(([name, epoch, version, release, architecture, source, vendor, license, module]) =>
      [
        name,
        epoch === "0" ? `${version}-${release}` : `${epoch}:${version}-${release}`,
        architecture,
        source === `${name}-${version}-${release}.src.rpm` ? "itself" : source,
        vendor,
        license,
        module?.split(":").slice(0, 2).join(":"),
      ].join(" | "),
    )
    .sort();
}

/** The same line from what we read. */
function reported(packages: readonly FoundPackage[]): string[] {
  return packages
    .map((p) =>
      [
        p.name,
        p.version,
        p.architecture ?? "(none)",
        p.source === undefined
          ? "itself"
          : `${p.source.name}-${p.source.version.replace(/^\d+:/, "")}.src.rpm`,
        p.vendor ?? "(none)",
        p.licenses?.join() ?? "(none)",
        p.module ?? "(none)",
      ].join(" | "),
    )
    .sort();
}

function queriedFiles(dbpath: string): string[] {
  return run("rpm", ["--dbpath", dbpath, "-qa", "--qf", "[%{=NAME} %{FILENAMES}\\n]"])
    .trim()
    .split("\n")
    .sort();
}

function reportedFiles(reading: Reading): string[] {
  return (reading.owned ?? [])
    .flatMap(({ name, paths }) => paths.map((path) => `${name} /${path}`))
    .sort();
}

describeShared("databases of real images", () => {
  test.for([
    ["cbl-mariner-2.0", "rpmdb.sqlite", 129],
    ["libuuid", "Packages", 1],
  ] as const)(
    "%s: packages and their files equal those that rpm lists",
    ([name, file, count], { skip }) => {
      const bytes = golden(`${name}/${file}`);
      const reading = catalog(bytes);
      expect(reading.problems).toEqual([]);
      expect(reading.packages).toHaveLength(count);
      const reason = missingPrograms("rpm");
      if (reason !== null) return skip(reason);
      const { dbpath } = placed(name, file, bytes);
      expect(reported(reading.packages)).toEqual(queried(dbpath));
      expect(reportedFiles(reading)).toEqual(queriedFiles(dbpath));
    },
  );

  test("sle15-bci: packages equal the list of go-rpmdb", () => {
    const reading = catalog(golden("sle15-bci/Packages.db"));
    const wanted: {
      epoch: number | null;
      name: string;
      version: string;
      release: string;
      arch: string;
      sourcerpm: string;
    }[] = JSON.parse(
      readFileSync(sharedPath("data/goldens/rpmdb/sle15-bci/expected.json"), "utf8"),
    );
    expect(reading.problems).toEqual([]);
    const line = (p: FoundPackage): string =>
      [
        p.name,
        p.version,
        p.architecture,
        p.source === undefined ? "itself" : `${p.source.name}-${p.source.version}.src.rpm`,
      ].join(" ");
    const wantedLines = wanted
      .filter(({ name }) => name !== "gpg-pubkey")
      .map(({ epoch, name, version, release, arch, sourcerpm }) => {
        const own = sourcerpm === `${name}-${version}-${release}.src.rpm` ? "itself" : sourcerpm;
        return [name, `${epoch === null ? "" : `${epoch}:`}${version}-${release}`, arch, own].join(
          " ",
        );
      });
    expect(reading.packages.map(line).sort()).toEqual(wantedLines.sort());
  });

  test("a hash table written by Berkeley DB itself, with deleted packages, reads as rpm reads it", ({
    skip,
  }) => {
    const reason = missingPrograms("rpm", "rpmdb", "perl");
    if (reason !== null) return skip(reason);
    const { dbpath } = placed("export", "rpmdb.sqlite", golden("cbl-mariner-2.0/rpmdb.sqlite"));
    const headers = execFileSync("rpmdb", ["--dbpath", dbpath, "--exportdb"], {
      maxBuffer: 64 << 20,
    });
    const list = join(folder, "headers");
    writeFileSync(list, headers);
    const { dbpath: target } = placed("bdb", "empty", new Uint8Array());
    run("perl", ["-e", BERKELEY_DB, list, join(target, "Packages")]);
    const reading = catalog(readFileSync(join(target, "Packages")));
    expect(reading.problems).toEqual([]);
    expect(reading.packages).toHaveLength(126);
    expect(reported(reading.packages)).toEqual(queried(target));
  });
});

/** Puts exported headers into a hash table under their numbers, and deletes three. */
const BERKELEY_DB = `
use DB_File; use Fcntl;
local $/; open my $file, '<:raw', $ARGV[0] or die; my $data = <$file>;
my $info = new DB_File::HASHINFO; $info->{bsize} = 4096;
tie my %table, 'DB_File', $ARGV[1], O_RDWR|O_CREAT, 0644, $info or die;
my ($at, $count) = (0, 0);
while ($at < length $data) {
  my ($entries, $bytes) = unpack('NN', substr($data, $at + 8, 8));
  my $length = 8 + 16 * $entries + $bytes;
  $table{pack('V', ++$count)} = substr($data, $at + 8, $length);
  $at += 8 + $length;
}
$table{pack('V', 0)} = pack('V', $count);
delete $table{pack('V', $_)} for (5, 9, 17);
untie %table;
`;

const SPEC = `
Name: parent
Epoch: 2
Version: 1.2
Release: 3
Summary: x
License: MIT and (GPLv2+ or BSD)
Vendor: Somebody <a@example.org>
BuildArch: noarch
ModularityLabel: nodejs:18:9020020230512140714:rhel9
%description
x
%package child
Summary: x
Requires: parent = 2:1.2
%description child
x
%package -n stranger
Summary: x
Epoch: 0
Version: 9
%description -n stranger
x
%install
mkdir -p %{buildroot}/usr/share/parent %{buildroot}/etc
echo a > %{buildroot}/usr/share/parent/file
echo b > "%{buildroot}/etc/with blank"
%files
/usr/share/parent
%files child
"/etc/with blank"
%files -n stranger
`;

describe("packages built by rpmbuild", () => {
  test("epoch, module, vendor, source and files, before and after one is erased", ({ skip }) => {
    const reason = missingPrograms("rpm", "rpmbuild");
    if (reason !== null) return skip(reason);
    const top = join(folder, "build");
    mkdirSync(top);
    writeFileSync(join(top, "x.spec"), SPEC);
    run("rpmbuild", ["-bb", "--define", `_topdir ${top}`, join(top, "x.spec")]);
    const built = ["parent-1.2-3", "parent-child-1.2-3", "stranger-9-3"].map((name) =>
      join(top, "RPMS/noarch", `${name}.noarch.rpm`),
    );
    const dbpath = join(folder, "built");
    run("rpm", ["--dbpath", dbpath, "--initdb"]);
    run("rpm", ["--dbpath", dbpath, "-i", "--justdb", "--nodeps", "--nosignature", ...built]);
    const file = join(dbpath, "rpmdb.sqlite");
    const reading = catalog(readFileSync(file));
    expect(reading.problems).toEqual([]);
    expect(reported(reading.packages)).toEqual(queried(dbpath));
    expect(reportedFiles(reading)).toEqual(queriedFiles(dbpath));
    expect(reading.packages).toContainEqual({
      type: "rpm",
      name: "parent-child",
      version: "2:1.2-3",
      source: { name: "parent", version: "2:1.2-3" },
      architecture: "noarch",
      licenses: ["MIT and (GPLv2+ or BSD)"],
      vendor: "Somebody <a@example.org>",
      module: "nodejs:18",
      dependsOn: ["parent"],
    });
    run("rpm", ["--dbpath", dbpath, "-e", "--justdb", "--nodeps", "parent-child"]);
    copyFileSync(file, join(folder, "after.sqlite"));
    expect(reported(catalog(readFileSync(join(folder, "after.sqlite"))).packages)).toEqual(
      queried(dbpath),
    );
  });
});
