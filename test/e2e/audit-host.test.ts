// Who may not look everywhere is told so: what depends on it is unknown, and never passes.
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle } from "../lab/bundle.ts";

const isRoot = process.getuid?.() === 0;
const NOBODY = 65534;

/** Checks that one file keeps from an answer are told together. */
const BRIDGE_UNKNOWN = /cannot tell[^:]*\bbridge-isolated\b/;

describe.skipIf(!isRoot)("a host as somebody else sees it (needs root)", () => {
  let bundle: Bundle;
  let folder: string;
  beforeAll(() => {
    bundle = buildBundle("audit-host");
    folder = mkdtempSync(join(tmpdir(), "bulwark-audit-"));
    chmodSync(folder, 0o755);
    // Where the project lies may be closed to others.
    cpSync(dirname(bundle.program), join(folder, "program"), { recursive: true });
    for (const path of ["disk/etc/docker", "disk/usr/lib/systemd/system"])
      mkdirSync(join(folder, path), { recursive: true });
    const put = (path: string, text: string): void =>
      writeFileSync(join(folder, "disk", path), text);
    put("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    put("etc/group", "root:x:0:\n");
    put("usr/lib/systemd/system/docker.service", "[Service]\nExecStart=/usr/bin/dockerd\n");
    put("etc/docker/daemon.json", '{ "icc": false }');
  }, BUNDLE_TIMEOUT_MS);
  afterAll(() => {
    bundle?.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  function audited(uid: number, ...args: string[]): { exit: number | null; out: string } {
    const program = join(folder, "program/bulwark.js");
    const { status, stdout } = spawnSync(
      process.execPath,
      [program, "audit", "host", "--root", join(folder, "disk"), ...args],
      { uid, gid: uid, cwd: folder, env: { HOME: join(folder, "home") }, encoding: "utf8" },
    );
    return { exit: status, out: stdout };
  }

  test("a file that is closed, and a folder", () => {
    expect(audited(NOBODY).out).not.toMatch(BRIDGE_UNKNOWN);
    for (const path of ["disk/etc/docker/daemon.json", "disk/etc/docker"]) {
      chmodSync(join(folder, path), 0o700);
      const { out } = audited(NOBODY);
      expect(out).toContain("not looked at as root: much is unknown");
      expect(out).toMatch(BRIDGE_UNKNOWN);
      expect(out).not.toMatch(/^\S+ +bridge-isolated:/m);
      expect(audited(NOBODY, "--framework", "cis-docker").out).toMatch(/unknown +2\.2 /);
      expect(audited(0, "--framework", "cis-docker").out).toMatch(/held +2\.2 /);
    }
    execFileSync("chmod", ["-R", "u+rwX,go+rX", join(folder, "disk")]);
  });

  test("what is unknown reaches no threshold, and passes none either", () => {
    chmodSync(join(folder, "disk/etc/docker"), 0o700);
    expect(audited(NOBODY, "--fail-on", "critical").exit).toBe(4);
  });
});
