import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { elfOf } from "../../../formats/test-support/elf-writer.ts";
import { utf8Bytes } from "../../../kit/text.ts";
import { binary } from "./cataloger.ts";
import { PROGRAMS } from "./classifiers.data.ts";
import { type Signature, stemOf } from "./program.ts";

const bytesOf = (text: string): Uint8Array => utf8Bytes(`\0${text}\0`);
const elf = (text: string, section = ".rodata"): Uint8Array =>
  elfOf([{ name: section, content: bytesOf(text) }]);
const said = (path: string, bytes: Uint8Array): string[] =>
  binary.read({ path, bytes }).packages.map((p) => `${p.type}/${p.name}@${p.version}`);

test.each([
  ["python3.11", "python"],
  ["libpython3.11.so.1.0", "libpython.so"],
  ["libcrypto.so.1.1", "libcrypto.so"],
  ["libruby-3.1.so.3.1.2", "libruby.so"],
  ["php-fpm8.2", "php-fpm"],
  ["redis-server", "redis-server"],
  ["x.sober", "x.sober"],
  [".so", ".so"],
  ["1234", ""],
  ["", ""],
])("%j without its release is %j", (name, stem) => {
  expect(stemOf(name)).toBe(stem);
});

const forms: readonly [string, string, string, string[]][] = [
  [
    "an OpenSSL letter",
    "libcrypto.so.1.1",
    "OpenSSL 1.1.1w  11 Sep 2023",
    ["generic/openssl@1.1.1w"],
  ],
  [
    "two numbers for Bitnami",
    "postgres",
    "postgres (PostgreSQL) 16.2",
    ["bitnami/postgresql@16.2.0"],
  ],
  ["a beta", "postgres", "postgres (PostgreSQL) 17beta1", []],
  ["a release candidate", "python3.13", "PYTHONHOME\x003.13.0rc1", ["bitnami/python@3.13.0-rc1"]],
  ["an early PHP", "php", "X-Powered-By: PHP/8.4.0-dev", ["bitnami/php@8.4.0-dev"]],
  [
    "Java 8",
    "libjvm.so",
    " for linux-amd64 JRE (1.8.0_372-b07), built",
    ["bitnami/java@1.8.0-372"],
  ],
  ["Ruby's patch level", "ruby", "ruby 3.1.2p20 (2022-04-12)", ["bitnami/ruby@3.1.2"]],
  ["Ruby without patch level", "ruby", "ruby 3.4.1 (2024-12-25)", ["bitnami/ruby@3.4.1"]],
  [
    "OpenSSH's protocol name",
    "sshd",
    "OpenSSH_9.2\0OpenSSH_9.2p1 Debian-2",
    ["generic/openssh@9.2p1"],
  ],
  [
    "Redis among versions of commands",
    "redis-server",
    "redis_version:%s\x006.2.0\x007.0.15\x0014.2.0\x007.0.15box-1704835400000000000",
    ["bitnami/redis@7.0.15"],
  ],
  ["Redis that names no build", "redis-server", "redis_version:%s\x006.2.0\x007.0.15", []],
  [
    "OpenResty is not nginx",
    "nginx",
    "nginx version: openresty/1.25.3.1",
    ["bitnami/openresty@1.25.3"],
  ],
  ["nginx in a sentence", "nginx", "see nginx/1.2.3 docs", []],
  ["another program's text", "nginx", "X-Powered-By: PHP/8.2.1", []],
  ["two that contradict", "liblzma.so.5", "5.4.1\x005.6.0", []],
  ["a longer version", "liblzma.so.5", "5.4.1.2.3-extra", []],
  ["a number in a path", "liblzma.so.5", "/usr/lib/5.4.1", []],
];

test.each(forms)("%s", (_, path, text, wanted) => {
  expect(said(path, elf(text))).toEqual(wanted);
});

/** A text that carries the signature, with a version of its form. */
function sample(signature: Signature): string {
  const version = versionFor(signature);
  const build = signature.picks === "build-id" ? `\0${version}box-1704835400000000000` : "";
  return `${signature.has ?? ""}\0${signature.before}${version}${signature.after}${build}`;
}

function versionFor({ begins = "", parts = 3, letters, isPacked, isPatched }: Signature): string {
  if (isPacked === true) return "20914";
  const numbers = [...begins.split(".").filter((n) => n !== ""), "7", "8", "9", "6"];
  const count = Math.max(parts, begins.split(".").length);
  return (
    numbers.slice(0, count).join(".") + (letters === "needed" ? "p1" : "") + (isPatched ? "-3" : "")
  );
}

const rows = PROGRAMS.flatMap((program) =>
  program.signatures.map((signature, i) => ({
    program,
    signature,
    title: `${program.name} ${i + 1}`,
  })),
);

describe("every row", () => {
  test("there are at least 45 programs", () => {
    expect(new Set(PROGRAMS.map((p) => p.name)).size).toBeGreaterThanOrEqual(45);
  });

  test.each(rows)(
    "$title: found among the constants and nowhere else",
    ({ program, signature }) => {
      const text = sample(signature);
      for (const stem of program.files) {
        const path = `opt/${stem}`;
        expect(binary.wants.test?.(path)).toBe(true);
        expect(said(path, elf(text)).some((p) => p.includes(`/${program.name}@`))).toBe(true);
        // The same name without the text, with the text where no program keeps constants, and after the end.
        expect(said(path, elf("something else"))).toEqual([]);
        expect(said(path, elf(text, ".comment"))).toEqual([]);
        expect(said(path, Buffer.concat([elf("something else"), bytesOf(text)]))).toEqual([]);
        expect(said(path, bytesOf(text))).toEqual([]);
      }
    },
  );
});

test("files of other names are not wanted", () => {
  const others = [
    "usr/bin/redis-cli-wrapper",
    "usr/bin/ls",
    "usr/lib/libfoo.so.1",
    "etc/nginx.conf",
    "",
    "a/",
  ];
  expect(others.filter((path) => binary.wants.test?.(path))).toEqual([]);
});

test("deciding by name is cheap", () => {
  const before = performance.now();
  for (let i = 0; i < 200_000; i += 1)
    binary.wants.test?.(`usr/lib/x86_64-linux-gnu/libthing${i}.so.1.2.3`);
  expect(performance.now() - before).toBeLessThan(1_000);
});

describe("hostile bytes", () => {
  const paths = ["nginx", "redis-server", "libxml2.so.2", "python3", "zstd"];

  test("never throws on any bytes", () => {
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.uint8Array({ maxLength: 300 }), (path, content) => {
        const bytes = elfOf([{ name: ".rodata", content }]);
        expect(binary.read({ path, bytes }).problems).toEqual([]);
        expect(binary.read({ path, bytes: content }).packages).toEqual([]);
      }),
    );
  });

  test("never throws on a file with bytes changed or cut", () => {
    const whole = elf("redis_version:\x007.0.15\x007.0.15box-1704835400000000000");
    fc.assert(
      fc.property(
        fc.nat(whole.length - 1),
        fc.nat(255),
        fc.nat(whole.length),
        (at, byte, length) => {
          const bytes = whole.slice(0, length);
          bytes[at] = byte;
          expect(binary.read({ path: "redis-server", bytes }).problems).toEqual([]);
        },
      ),
    );
  });

  test.each([
    ["versions without end", "1.2.3\0"],
    ["digits without end", "1"],
    ["dots and digits", "3.3."],
    ["almost the text", "nginx version: nginx"],
  ])("%s take no long time", (_, unit) => {
    const content = utf8Bytes(`redis_version:${unit.repeat(2_000_000 / unit.length)}`);
    const bytes = elfOf([{ name: ".rodata", content }]);
    const before = performance.now();
    for (const path of paths) binary.read({ path, bytes });
    expect(performance.now() - before).toBeLessThan(4_000);
  });
});
