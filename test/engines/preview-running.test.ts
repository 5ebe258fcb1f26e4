// What would be denied among what runs now: a preview over a real engine says what the gate says, denies nothing, records nothing.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GateResult } from "../../src/model/gate.ts";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, type Ended, start } from "../lab/bundle.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { sharedPath } from "../shared.ts";

const ALPINE = sharedPath("data/goldens/images/alpine-311.tar.gz");
const shared = existsSync(ALPINE) || process.env["CI"] === "true" ? null : "shared fixtures absent";
const hindrance = dockerHindrance() ?? shared;

const POLICY = `policy: shop
problems: { data-partial: allow }
rules:
  - check: no-sensitive-host-path
  - id: busybox
    about: package
    when: pkg.name == "busybox"
    message: "{pkg.name} is there"
`;

describe.skipIf(hindrance !== null)(`a preview of what runs (${hindrance ?? "real"})`, () => {
  let engine: LabEngine;
  let bundle: Bundle;
  let home = "";
  const docker = (...args: string[]): string =>
    execFileSync("docker", ["--host", engine.host, ...args], { encoding: "utf8" });
  const bulwark = (...args: string[]): Promise<Ended> =>
    start(bundle.program, args, {
      folder: home,
      env: { DOCKER_HOST: engine.host, CONTAINER_HOST: engine.host },
    }).ended;

  beforeAll(async () => {
    bundle = buildBundle("preview-running");
    home = mkdtempSync(join(tmpdir(), "bulwark-preview-"));
    engine = await startDocker();
    writeFileSync(join(home, "alpine.tar"), gunzipSync(readFileSync(ALPINE)));
    writeFileSync(join(home, "bulwark.yaml"), POLICY);
    docker("load", "-i", join(home, "alpine.tar"));
    const run = ["run", "-d", "--network=none"];
    docker(...run, "--name=bad", "-v", "/etc:/host:ro", "alpine:3.11", "sleep", "600");
    docker(...run, "--name=good", "alpine:3.11", "sleep", "600");
  }, BUNDLE_TIMEOUT_MS + ENGINE_TIMEOUT_MS);
  afterAll(async () => {
    await engine.stop();
    bundle.remove();
    rmSync(home, { recursive: true, force: true });
  }, ENGINE_TIMEOUT_MS);

  test(
    "is what the gate says, about images and about how containers are set up",
    async () => {
      const preview = await bulwark("policy", "preview", "--format", "json");
      expect(existsSync(join(home, ".home/.local/share/bulwark/evidence"))).toBe(false);
      const gated = ["--running", "--stage", "run", "--format", "json"];
      const gate = await bulwark("gate", ...gated);
      const said = (text: string): unknown =>
        (JSON.parse(text) as GateResult).results.map(({ artifact, verdict, answers }) => [
          artifact.target,
          verdict.outcome,
          ...answers.flatMap(({ violations }) => violations.map(({ message }) => message)),
        ]);
      const wanted = [
        ["docker:docker.io/library/alpine:3.11", "deny", "busybox is there"],
        [
          "containers of this host",
          "deny",
          "no-sensitive-host-path: container bad: mounts /etc of the host",
        ],
      ];
      expect([preview.exit, said(preview.stdout)]).toEqual([0, wanted]);
      expect([gate.exit, said(gate.stdout)]).toEqual([3, wanted]);
      expect(preview.stderr).toContain("nothing was denied, this is a preview");
    },
    ENGINE_TIMEOUT_MS,
  );

  test(
    "goes by exceptions for one container",
    async () => {
      const entry = "reason: agent, owner: team, until: 2099-01-01";
      const text = `exceptions:\n  - {rule: no-sensitive-host-path, scope: {container: bad}, ${entry}}\n`;
      writeFileSync(join(home, "accepted.yaml"), text);
      const gated = ["--running", "--stage", "run", "--exceptions", "accepted.yaml"];
      const { exit, stdout } = await bulwark("gate", ...gated);
      expect([exit, stdout.split("\n")[0]]).toEqual([
        3,
        "2 artifacts : 1 denied, 1 allowed by policy shop (run)",
      ]);
    },
    ENGINE_TIMEOUT_MS,
  );
});
