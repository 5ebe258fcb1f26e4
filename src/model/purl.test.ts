import { describe, expect, test } from "vitest";
import type { Distribution } from "./distribution.ts";
import type { FoundPackage } from "./package.ts";
import { purlOf } from "./purl.ts";

const debian: Distribution = {
  id: "debian",
  versionId: "12",
  codename: "bookworm",
  name: "Debian GNU/Linux 12",
  like: [],
};

describe("a purl", () => {
  test.each<[string, FoundPackage, Distribution | null]>([
    [
      "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
      {
        type: "deb",
        name: "libssl3",
        version: "3.0.11-1~deb12u2",
        architecture: "amd64",
        source: { name: "openssl", version: "3.0.11-1~deb12u2" },
      },
      debian,
    ],
    [
      "pkg:deb/debian/libc-bin@1:2.36-9%2Bdeb12u4?distro=debian-12&upstream=glibc%402.36",
      {
        type: "deb",
        name: "libc-bin",
        version: "1:2.36-9+deb12u4",
        source: { name: "glibc", version: "2.36" },
      },
      debian,
    ],
    [
      "pkg:rpm/openssl-libs@3.0.7-1.el9?epoch=1",
      { type: "rpm", name: "openssl-libs", version: "1:3.0.7-1.el9" },
      null,
    ],
    ["pkg:rpm/bash@5.1-1", { type: "rpm", name: "bash", version: "0:5.1-1" }, null],
    ["pkg:npm/%40babel/core@7.0.0", { type: "npm", name: "@babel/core", version: "7.0.0" }, debian],
    [
      "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
      { type: "maven", name: "org.apache.logging.log4j:log4j-core", version: "2.14.1" },
      null,
    ],
    [
      "pkg:golang/github.com/BurntSushi/toml@v1.2.0",
      { type: "golang", name: "github.com/BurntSushi/toml", version: "v1.2.0" },
      null,
    ],
    ["pkg:golang/stdlib@1.21.3", { type: "golang", name: "stdlib", version: "1.21.3" }, null],
    ["pkg:pypi/ruamel-yaml@0.17", { type: "pypi", name: "ruamel_yaml", version: "0.17" }, null],
    [
      "pkg:composer/symfony/http-kernel@v5.0.0",
      { type: "composer", name: "Symfony/http-kernel", version: "v5.0.0" },
      null,
    ],
    ["pkg:generic/a%20%C3%A4b@1", { type: "generic", name: "a äb", version: "1" }, null],
    ["pkg:npm/x", { type: "npm", name: "x", version: "" }, null],
  ])("%s", (written, found, distribution) => {
    expect(purlOf(found, distribution)).toBe(written);
  });
});
