// What runs on a real engine beside the Compose file that declares it, and beside what a real registry has by now. The labels are those
// that Compose gives.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { auditHost } from "../../src/app/audit-host.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { type LabRegistry, startRegistry } from "../lab/registry.ts";

const docker = dockerHindrance() ?? missingPrograms("busybox", "docker-registry");
describe.skipIf(docker !== null)(`declared and running (${docker ?? "real"})`, () => {
  let folder: string;
  let engine: LabEngine;
  let registry: LabRegistry;
  let file: string;

  const run = (...args: string[]): string =>
    execFileSync("docker", ["--host", engine.host, ...args], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    }).trim();
  const made = (name: string, mark: string): string => {
    const root = join(folder, "image");
    writeFileSync(join(root, "mark"), mark);
    execFileSync("tar", ["-C", root, "-cf", join(folder, "image.tar"), "."]);
    return run("import", "--change", "ENV OWN=1", join(folder, "image.tar"), name);
  };
  const started = (service: string, image: string, ...options: string[]): void => {
    const labels = ["project=shop", `service=${service}`, `project.config_files=${file}`];
    const marks = labels.flatMap((label) => ["--label", `com.docker.compose.${label}`]);
    run("run", "-d", "--network=none", ...marks, ...options, image, "/busybox", "sleep", "600");
  };
  const found = async (
    ids: readonly string[],
    more: { readonly declared?: readonly string[]; readonly registry?: boolean } = {},
  ): Promise<{ told: string[]; problems: string[] }> => {
    const { audit } = await auditHost(
      {
        ...{ root: null, framework: null, threshold: null, exceptions: null, db: null },
        ...{ declared: [file], registry: false },
        ...more,
      },
      {
        env: { DOCKER_HOST: engine.host },
        signal: new AbortController().signal,
        progress: () => undefined,
        warn: () => undefined,
      },
    );
    const own = audit.findings.filter(({ rule }) => ids.includes(rule.id));
    return {
      told: own
        .map(({ severity, message, locations: [place] }) =>
          [severity, place?.path === file ? place.line : place?.path, message]
            .join(" ")
            .replaceAll(folder, "FOLDER"),
        )
        .sort(),
      problems: audit.problems.map(({ detail }) => detail),
    };
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "bulwark-consistency-"));
    mkdirSync(join(folder, "image"));
    const busybox = execFileSync("which", ["busybox"], { encoding: "utf8" }).trim();
    execFileSync("cp", [busybox, join(folder, "image/busybox")]);
    file = join(folder, "compose.yaml");
    registry = await startRegistry({ tls: false, auth: false });
    engine = await startDocker();
  }, ENGINE_TIMEOUT_MS);
  afterAll(async () => {
    await engine?.stop();
    await registry?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, ENGINE_TIMEOUT_MS);

  test("each difference is told at the line that declares it, and what is the same is not", async () => {
    made("box:1", "one");
    made("box:2", "two");
    writeFileSync(
      file,
      [
        "services:",
        "  same:",
        "    image: box:1",
        "    network_mode: none",
        '    user: "1000:1000"',
        "    read_only: true",
        "    mem_limit: 64m",
        "    cap_drop: [ALL]",
        "    cap_add: [CHOWN]",
        "    volumes: ['./data:/data:ro', 'kept:/kept']",
        "    environment: {MODE: fast}",
        "  other:",
        "    image: box:1",
        "    privileged: false",
        "    cap_add:",
        "      - CHOWN",
        "    volumes:",
        "      - ./data:/data:ro",
        "    environment:",
        "      MODE: fast",
        "      GONE: '1'",
        "    mem_limit: 64m",
        "  absent:",
        "    image: box:1",
        "",
      ].join("\n"),
    );
    const data = join(folder, "data");
    mkdirSync(data);
    started(
      ...([
        "same",
        "box:1",
        "--user=1000:1000",
        "--read-only",
        "--memory=64m",
        "--cpus=0.5",
      ] as const),
      ...["--cap-drop=ALL", "--cap-add=CHOWN", "-v", `${data}:/data:ro`, "-v", "shop_kept:/kept"],
      ...["--env=MODE=fast", "--name=shop-same-1"],
    );
    started(
      ...(["other", "box:2", "--privileged", "--user=7", "--memory=128m"] as const),
      ...["--cap-add=NET_RAW", "-v", `${data}:/data`, "-v", "/etc:/host"],
      ...["--env=MODE=hidden-value", "--env=MORE=1", "--name=shop-other-1"],
    );
    run("run", "-d", "--network=none", "--name=stranger", "box:1", "/busybox", "sleep", "600");
    const { told } = await found([
      ...["runs-as-declared", "declared-is-running", "running-is-declared"],
    ]);
    expect(told).toMatchInlineSnapshot(`
      [
        "high 12 service other: added capability NET_RAW is there and not declared (shop-other-1)",
        "high 12 service other: the host's /etc is mounted and not declared (shop-other-1)",
        "high 12 service other: user of the image is declared as 0 and runs as 7 (shop-other-1)",
        "high 13 service other: image is declared as box:1 and runs as box:2 (shop-other-1)",
        "high 14 service other: privileged is declared as false and runs as true (shop-other-1)",
        "high 16 service other: added capability CHOWN is declared and not there (shop-other-1)",
        "high 18 service other: the host's FOLDER/data is declared read-only and mounted writable (shop-other-1)",
        "low 22 service other: memory limit is declared as 64m and runs as 128m (shop-other-1)",
        "low 23 service absent: it is declared and does not run",
        "medium 12 service other: variable MORE is set and not declared (shop-other-1)",
        "medium 20 service other: variable MODE has another value than is declared (shop-other-1)",
        "medium 21 service other: variable GONE is declared and not set (shop-other-1)",
        "medium docker container stranger container stranger: it runs and is declared nowhere (stranger)",
      ]
    `);
    expect(told.join("\n")).not.toContain("hidden-value");
    run("rm", "-f", "shop-same-1", "shop-other-1", "stranger");
  }, 120_000);

  test("a service on two images, and a tag that was given to another one on the host", async () => {
    made("box:1", "three");
    started("web", "box:1", "--name=shop-web-1");
    made("box:1", "four");
    started("web", "box:1", "--name=shop-web-2");
    writeFileSync(file, "services:\n  web:\n    image: box:1\n");
    const { told } = await found(["one-digest-per-service", "tag-not-moved"]);
    expect(told.map((line) => line.replace(/[0-9a-f]{12}/g, "ID"))).toMatchInlineSnapshot(`
      [
        "medium 3 service web: box:1 is ID on this host by now, and it runs ID (shop-web-1)",
        "medium 3 service web: it runs 2 images: ID in shop-web-2 and ID in shop-web-1",
      ]
    `);
    const alone = await found(["one-digest-per-service", "running-is-declared"], { declared: [] });
    expect(alone.told).toHaveLength(1);
    run("rm", "-f", "shop-web-1", "shop-web-2");
  }, 120_000);

  test("a tag that was moved at the registry is told where somebody asks", async () => {
    const name = `${registry.host}/team/box:1`;
    made(name, "five");
    run("push", "-q", name);
    writeFileSync(file, `services:\n  web:\n    image: ${name}\n`);
    started("web", name, "--name=shop-web-1");
    expect((await found(["tag-not-moved"], { registry: true })).told).toEqual([]);
    made("later", "six");
    run("tag", "later", name);
    run("push", "-q", name);
    run("rmi", name);
    expect((await found(["tag-not-moved"])).told).toEqual([]);
    const { told } = await found(["tag-not-moved"], { registry: true });
    expect(told.map((line) => line.replace(/[0-9a-f]{12}/g, "ID"))).toEqual([
      `medium 3 service web: ${name} is ID at its registry by now, and it runs ID (shop-web-1)`,
    ]);
    await registry.stop();
    const unheard = await found(["tag-not-moved"], { registry: true });
    expect(unheard.told).toEqual([]);
    expect(unheard.problems.join("\n")).toContain(`what ${name} is at its registry is not known`);
    run("rm", "-f", "shop-web-1");
  }, 120_000);
});
