// Real engines audited: what they say of themselves, what runs on them, and what is left after the script has run and the daemon was
// started again. Other engines of the machine may be there as well: only what is said of our own counts.
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AuditedHost, auditHost, scriptFor } from "../../src/app/audit-host.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  podmanHindrance,
  startDocker,
  startPodman,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";

const WHOLE = {
  root: null,
  framework: null,
  threshold: null,
  exceptions: null,
  db: null,
  declared: [],
  registry: false,
};

function audited(env: Record<string, string>): Promise<AuditedHost> {
  const signal = new AbortController().signal;
  return auditHost(WHOLE, { env, signal, progress: () => undefined, warn: () => undefined });
}

const docker = dockerHindrance() ?? missingPrograms("busybox");
describe.skipIf(docker !== null)(`Docker (${docker ?? "real"})`, () => {
  let folder: string;
  let config: string;
  let engine: LabEngine;
  const start = async (): Promise<void> => {
    engine = await startDocker(["--config-file", config]);
  };
  /** What is said of our own daemon, its files and its containers. */
  const own = ({ audit, record }: AuditedHost): AuditedHost => {
    const pid = readFileSync(join(dirname(engine.host.slice("unix://".length)), "pid"), "utf8");
    const names = [`dockerd (process ${pid.trim()})`, folder, dirname(engine.host)];
    const findings = audit.findings.filter(({ message, locations }) =>
      names.some((name) => message.includes(name) || locations[0]?.path.includes(name)),
    );
    return { audit: { ...audit, findings }, record };
  };
  const ids = ({ audit }: AuditedHost): string[] => [
    ...new Set(audit.findings.map(({ rule }) => rule.id)),
  ];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulwark-audit-"));
    config = join(folder, "daemon.json");
    writeFileSync(config, '{\n  "log-level": "debug",\n  "experimental": true\n}\n');
    chmodSync(config, 0o666);
    await start();
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, ENGINE_TIMEOUT_MS);

  const MENDED = [
    "daemon-live-restore",
    "daemon-logs-kept",
    "daemon-no-new-privileges",
    "engine-files-owned",
    "no-experimental-daemon",
    "no-userland-proxy",
  ];

  test("a script mends the daemon, which then says so itself", async () => {
    const before = own(await audited({ DOCKER_HOST: engine.host }));
    expect(ids(before)).toEqual(expect.arrayContaining(MENDED));
    expect(before.audit.host.engines.map(({ name }) => name)).toEqual(
      expect.arrayContaining(["Docker", "containerd", "runc"]),
    );
    const script = join(folder, "fix.sh");
    writeFileSync(script, scriptFor(before, null));
    const run = (): string => execFileSync("sh", [script], { encoding: "utf8" });
    expect(run()).toContain(`changed: ${config}`);
    expect(run()).toBe("all of it was done before: nothing was changed\n");
    await engine.stop();
    await start();
    const after = await audited({ DOCKER_HOST: engine.host });
    const left = own(after).audit.findings.filter(({ steps }) => steps !== undefined);
    expect(left).toEqual([]);
    expect(ids(own(after))).not.toEqual(expect.arrayContaining(["daemon-no-new-privileges"]));
    const [answer] = after.record.engines.filter(({ address }) => address === engine.host);
    expect(answer?.info).toMatchObject({ LiveRestoreEnabled: true, ExperimentalBuild: false });
  }, 120_000);

  test("what runs is asked what manifests are asked", async () => {
    const run = (...args: string[]): string =>
      execFileSync("docker", ["--host", engine.host, ...args], { encoding: "utf8" });
    const root = join(folder, "image");
    execFileSync("mkdir", [root]);
    execFileSync("cp", [execFileSync("which", ["busybox"], { encoding: "utf8" }).trim(), root]);
    const image = join(folder, "image.tar");
    execFileSync("tar", ["-C", root, "-cf", image, "busybox"]);
    run("import", image, "box:1");
    run(
      "run",
      "-d",
      "--name",
      "audited",
      "--network=none",
      ...["--pid=host", "-v", "/etc:/host"],
      "box:1",
      "/busybox",
      "sleep",
      "600",
    );
    // With live-restore it would outlive its daemon.
    const { audit } = await audited({ DOCKER_HOST: engine.host }).finally(() =>
      run("rm", "-f", "audited"),
    );
    const found = audit.findings.filter(({ locations }) =>
      locations.some(({ path }) => path === "docker container audited"),
    );
    expect(found.map(({ rule }) => rule.id)).toEqual(
      expect.arrayContaining(["no-host-namespaces", "no-sensitive-host-path", "read-only-root"]),
    );
    expect(audit.host.containers).toBeGreaterThan(0);
  }, 120_000);
});

const podman = podmanHindrance();
describe.skipIf(podman !== null)(`Podman (${podman ?? "real"})`, () => {
  let engine: LabEngine;
  beforeAll(async () => {
    engine = await startPodman();
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => engine?.stop(), ENGINE_TIMEOUT_MS);

  test("its service, its version and its policy are seen", async () => {
    const { audit } = await audited({ CONTAINER_HOST: engine.host });
    const [seen] = audit.host.engines.filter(({ name }) => name === "Podman");
    expect(seen?.standing).toBe("its service runs");
    expect(seen?.version).toMatch(/^\d+\.\d+/);
    expect(audit.findings.map(({ rule }) => rule.id)).toContain("podman-images-vouched");
  }, 120_000);
});
