// What runs on a real Podman beside the Quadlet units that declare it. The containers are started by the words that Quadlet's own
// generator writes, with the variable from which Podman makes the label.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditHost } from "../../src/app/audit-host.ts";
import { ENGINE_TIMEOUT_MS, podmanHindrance, startPodman } from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";

const podman = podmanHindrance() ?? missingPrograms("busybox", "runc");
describe.skipIf(podman !== null)(`Quadlet units and what runs (${podman ?? "real"})`, () => {
  let folder: string;
  let engine: Awaited<ReturnType<typeof startPodman>>;

  const run = (unit: string | null, ...args: string[]): string =>
    execFileSync("podman", ["--runtime", "runc", ...engine.options, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...(unit === null ? {} : { PODMAN_SYSTEMD_UNIT: unit }) },
    }).trim();
  const started = (unit: string | null, name: string, ...options: string[]): void => {
    const limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];
    const words = [
      "--network=none",
      ...limits,
      ...options,
      "localhost/box:1",
      "/busybox",
      "sleep",
      "600",
    ];
    run(unit, "run", "-d", `--name=${name}`, ...words);
  };
  const unit = (path: string, ...lines: string[]): void =>
    writeFileSync(join(folder, "units", path), ["[Container]", ...lines, ""].join("\n"));
  const found = async (declared: string): Promise<{ told: string[]; problems: string[] }> => {
    const asked = { root: null, framework: null, threshold: null, exceptions: null, db: null };
    const { audit } = await auditHost(
      { ...asked, declared: [declared], registry: false },
      {
        env: { CONTAINER_HOST: engine.host, HOME: folder },
        signal: new AbortController().signal,
        progress: () => undefined,
        warn: () => undefined,
      },
    );
    const ids = ["runs-as-declared", "declared-is-running", "running-is-declared"];
    const own = audit.findings.filter(({ rule }) => ids.includes(rule.id));
    const told = own.map(({ severity, message, locations: [place] }) =>
      [severity, `${place?.path}:${place?.line ?? 0}`, message]
        .join(" ")
        .replaceAll(`${folder}/`, ""),
    );
    return { told: told.sort(), problems: audit.problems.map(({ detail }) => detail) };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulwark-quadlet-"));
    for (const name of ["image", "units", "alone"]) mkdirSync(join(folder, name));
    const busybox = execFileSync("which", ["busybox"], { encoding: "utf8" }).trim();
    execFileSync("cp", [busybox, join(folder, "image/busybox")]);
    execFileSync("tar", ["-C", join(folder, "image"), "-cf", join(folder, "image.tar"), "."]);
    engine = await startPodman();
    run(null, "import", "--change", "ENV OWN=1", join(folder, "image.tar"), "localhost/box:1");
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => {
    run(null, "rm", "-af", "-t", "0");
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, ENGINE_TIMEOUT_MS);

  test(
    "each difference is told at its line, what is the same is not, and what is missing is",
    async () => {
      const settings = ["Image=localhost/box:1", "Network=none", "Exec=/busybox sleep 600"];
      const more = [
        "ReadOnly=true",
        "DropCapability=all",
        "AddCapability=CAP_CHOWN",
        "Environment=MODE=fast",
      ];
      unit("same.container", ...settings, ...more, "Volume=./data:/data:ro", "User=1000:1000");
      unit("other.container", ...settings, ...more, "Volume=./data:/data:ro", "ContainerName=shop");
      unit("each@.container", ...settings);
      unit("byname.container", ...settings);
      unit("renamed.container", ...settings, "ServiceName=own");
      unit("gone.container", ...settings);
      const data = join(folder, "units/data");
      mkdirSync(data);
      const same = ["--read-only", "--cap-drop=all", "--cap-add=CAP_CHOWN", "--env=MODE=fast"];
      started(
        "same.service",
        "systemd-same",
        ...same,
        "-v",
        `${data}:/data:ro`,
        "--user=1000:1000",
      );
      started("other.service", "shop", "--privileged", "--env=MODE=slow", "-v", `${data}:/data`);
      started("each@1.service", "systemd-each_1");
      started("each@2.service", "systemd-each_2", "--read-only");
      started(null, "systemd-byname");
      started("own.service", "systemd-renamed");
      started("stranger.service", "systemd-stranger");
      const { told, problems } = await found(join(folder, "units"));
      expect(told).toMatchInlineSnapshot(`
        [
          "high units/each@.container:1 container each@: read-only root is declared as false and runs as true (systemd-each_2)",
          "high units/other.container:1 container other: privileged is declared as false and runs as true (shop)",
          "high units/other.container:5 container other: read-only root is declared as true and runs as false (shop)",
          "high units/other.container:9 container other: the host's units/data is declared read-only and mounted writable (shop)",
          "low units/gone.container:1 container gone: it is declared and does not run",
          "medium podman container systemd-stranger:0 container systemd-stranger: it runs and is declared nowhere (systemd-stranger)",
          "medium units/other.container:8 container other: variable MODE has another value than is declared (shop)",
        ]
      `);
      expect(problems.filter((text) => /compare|declared/.test(text))).toEqual([]);
    },
    ENGINE_TIMEOUT_MS * 2,
  );

  test(
    "units of which nothing is looked at are told, and not passed in silence",
    async () => {
      const put = (name: string, text: string): void =>
        writeFileSync(join(folder, "alone", name), text);
      put("play.kube", "[Kube]\nYaml=play.yaml\n");
      put("shop.pod", "[Pod]\nPublishPort=80:80\n");
      put("back.network", "[Network]\nInternal=true\n");
      const { problems } = await found(join(folder, "alone"));
      expect(problems.filter((text) => /^(?:play|shop|back)\./.test(text)).sort()).toEqual([
        expect.stringMatching(/^back\.network: no container beside it joins/),
        expect.stringMatching(/^play\.kube: the Kubernetes objects that it plays/),
        expect.stringMatching(/^shop\.pod: no container beside it is in this pod/),
      ]);
    },
    ENGINE_TIMEOUT_MS,
  );
});
