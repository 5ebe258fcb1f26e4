// The plugin before a real Docker Engine: what may run, what may not, and what neither the engine nor the plugin can hide.
import { type ChildProcess, execFile, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BUNDLE_TIMEOUT_MS, type Bundle, buildBundle, start } from "../lab/bundle.ts";
import {
  dockerHindrance,
  ENGINE_TIMEOUT_MS,
  type LabEngine,
  startDocker,
} from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { type LabRegistry, startRegistry } from "../lab/registry.ts";

const missing = dockerHindrance() ?? missingPrograms("docker-registry", "busybox");
const PLUGIN = `bulwark-test-${process.pid}`;
const SOCKET = `/run/docker/plugins/${PLUGIN}.sock`;
const TIMEOUT_MS = 90_000;

const POLICY = `policy: host
trust: trust.yaml
overrides: { keys: [glass.pub] }
ask: ask the platform team
rules:
  - check: no-privileged
  - check: no-docker-socket
  - check: no-host-path
  - check: no-host-namespaces
  - check: no-added-capabilities
  - check: run-as-user-not-root
  - { id: signed, signed: { by: [release] } }
`;

interface Said {
  readonly exit: number;
  readonly text: string;
}

describe.skipIf(missing !== null)(`before a Docker Engine (${missing ?? "real"})`, () => {
  let bundle: Bundle;
  let home: string;
  let engine: LabEngine;
  let registry: LabRegistry;
  let plugin: ChildProcess;
  let log = "";

  const engineSocket = (): string => engine.host.replace("unix://", "");
  const docker = (...args: string[]): Promise<Said> =>
    new Promise((resolve) => {
      const env = { ...process.env, DOCKER_CONFIG: home };
      const command = ["--host", engine.host, ...args];
      execFile("docker", command, { env, timeout: TIMEOUT_MS }, (error, out, err) => {
        const exit = typeof error?.code === "number" ? error.code : error === null ? 0 : 255;
        resolve({ exit, text: `${out}${err}` });
      });
    });
  const done = async (...args: string[]): Promise<string> => {
    const { exit, text } = await docker(...args);
    if (exit !== 0) throw new Error(`docker ${args.join(" ")} ended with ${exit}: ${text}`);
    return text.trim();
  };
  const bulwark = async (...args: string[]): Promise<string> => {
    const env = { BULWARK_KEY_PASSWORD: "lab", BULWARK_EVIDENCE: join(home, "evidence") };
    const ended = await start(bundle.program, args, { folder: home, env }).ended;
    if (ended.exit !== 0) throw new Error(`bulwark ${args.join(" ")}: ${ended.stderr}`);
    return ended.stdout;
  };
  const image = (name: string): string => `${registry.host}/team/${name}:1`;

  const startPlugin = async (mode: string): Promise<void> => {
    const env = {
      PATH: process.env["PATH"] ?? "",
      HOME: home,
      DOCKER_HOST: `unix://${join(home, "engine", "docker.sock")}`,
      BULWARK_EVIDENCE: join(home, "evidence"),
      BULWARK_OVERRIDES: join(home, "overrides"),
    };
    const args = ["admit", "docker", "--policy", "policy.yaml", "--mode", mode];
    const where = ["--socket", SOCKET, "--health-port", "0"];
    plugin = spawn(process.execPath, [bundle.program, ...args, ...where], {
      cwd: home,
      env,
      stdio: ["ignore", "ignore", "pipe"],
    });
    plugin.stderr?.on("data", (piece: Buffer) => {
      log += piece.toString();
    });
    for (let i = 0; i < 300 && !log.includes("decides in mode"); i += 1) await sleep(100);
    expect(log).toContain(`decides in mode ${mode}`);
  };
  const stopPlugin = async (): Promise<number | null> => {
    if (plugin.exitCode !== null) return plugin.exitCode;
    const ended = new Promise<number | null>((resolve) => plugin.once("exit", resolve));
    plugin.kill("SIGTERM");
    return ended;
  };

  beforeAll(
    async () => {
      bundle = buildBundle("admit-docker");
      home = mkdtempSync(join(tmpdir(), "bulwark-admit-docker-"));
      for (const name of ["release", "glass"]) await bulwark("keys", "generate", "-o", name);
      writeFileSync(join(home, "trust.yaml"), "keys: [{ id: release, key: release.pub }]\n");
      writeFileSync(join(home, "policy.yaml"), POLICY);
      await startPlugin("enforce");
      [engine, registry] = await Promise.all([
        startDocker([`--authorization-plugin=${PLUGIN}`]),
        startRegistry({ tls: false, auth: false }),
      ]);
      // The plugin was told before where the engine would be.
      execFileSync("ln", ["-s", engineSocket().replace("/docker.sock", ""), join(home, "engine")]);
      execFileSync(
        "sh",
        ["-c", "mkdir bin && cp $(which busybox) bin/busybox && tar c bin > i.tar"],
        {
          cwd: home,
        },
      );
      for (const name of ["good", "bare", "never-pushed"])
        await done(
          "import",
          "--change",
          `LABEL name=${name}`,
          "--change",
          "USER 1000",
          join(home, "i.tar"),
          image(name),
        );
      for (const name of ["good", "bare"]) await done("push", image(name));
      await bulwark("sign", image("good"), "--key", "release.key");
    },
    BUNDLE_TIMEOUT_MS + 2 * ENGINE_TIMEOUT_MS,
  );
  afterAll(async () => {
    await engine?.stop();
    await stopPlugin();
    await registry?.stop();
    bundle.remove();
    rmSync(home, { recursive: true, force: true });
  }, ENGINE_TIMEOUT_MS);

  const run = (name: string, ...options: string[]): Promise<Said> =>
    docker("run", "--rm", "--network=none", ...options, image(name), "/bin/busybox", "echo", "ran");

  test(
    "a signed image may run, and its socket is its owner's alone",
    async () => {
      expect(await run("good")).toEqual({ exit: 0, text: "ran\n" });
      expect(statSync(SOCKET).mode & 0o777).toBe(0o600);
    },
    TIMEOUT_MS,
  );

  test.each<[string, string, string[]]>([
    ["what is privileged", "no-privileged: ", ["--privileged"]],
    ["the engine's socket", "no-docker-socket: ", ["-v", "/var/run/docker.sock:/s"]],
    ["a folder of the host", "no-host-path: ", ["--mount", "type=bind,src=/etc,dst=/e"]],
    ["the host's processes", "no-host-namespaces: ", ["--pid=host"]],
    ["capabilities", "no-added-capabilities: ", ["--cap-add=SYS_ADMIN"]],
    ["root by its name", "run-as-user-not-root: ", ["--user=root"]],
  ])(
    "%s is denied, with the rule, the fix and how to ask",
    async (_, rule, options) => {
      const { exit, text } = await run("good", ...options);
      expect([exit, text]).toEqual([
        125,
        expect.stringContaining(`authorization denied by plugin ${PLUGIN}: policy host denies`),
      ]);
      expect(text).toContain(rule);
      expect(text).toContain("ask the platform team");
    },
    TIMEOUT_MS,
  );

  test(
    "an image that nobody signed is denied, and so is one that was never pushed",
    async () => {
      const [bare, local] = [await run("bare"), await run("never-pushed")];
      expect([bare.text, local.text]).toEqual([
        expect.stringMatching(
          /policy host denies container .*team\/bare@sha256:[0-9a-f]{64} is not signed by release/,
        ),
        expect.stringContaining("it was built here and never pushed"),
      ]);
    },
    TIMEOUT_MS,
  );

  /** Asks the engine itself, as clients do that are up to something. */
  const ask = (
    path: string,
    body: string | object,
    headers: Record<string, string> = {},
  ): Promise<Said> =>
    new Promise((resolve, reject) => {
      const text = typeof body === "string" ? body : JSON.stringify(body);
      const asked = httpRequest(
        {
          socketPath: engineSocket(),
          path,
          method: "POST",
          headers: {
            "content-type": "application/json",
            ...("transfer-encoding" in headers
              ? {}
              : { "content-length": Buffer.byteLength(text) }),
            ...headers,
          },
        },
        (response) => {
          let said = "";
          response.on("data", (piece: Buffer) => {
            said += piece.toString();
          });
          response.on("end", () => resolve({ exit: response.statusCode ?? 0, text: said }));
        },
      );
      asked.on("error", reject);
      asked.end(text);
    });
  const DENIED = expect.stringContaining(`authorization denied by plugin ${PLUGIN}`);

  test.each<[string, () => Promise<Said>]>([
    [
      "settings at the top of the body",
      () =>
        ask("/containers/create", { Image: image("good"), Privileged: true, NetworkMode: "none" }),
    ],
    [
      "names in another case",
      () =>
        ask("/v1.41/containers/create", { image: image("good"), hostconfig: { privileged: true } }),
    ],
    [
      "mounts beside the settings",
      () =>
        ask("/containers/create", {
          Image: image("good"),
          Mounts: [],
          HostConfig: { Binds: ["/:/h"] },
        }),
    ],
    [
      "what looks like an inspection",
      () =>
        ask("/containers/create", {
          Image: image("bare"),
          Config: { Image: image("good") },
          HostConfig: {},
        }),
    ],
    [
      "a name that stands twice",
      () =>
        ask(
          "/containers/create",
          `{"Image":"${image("good")}","HostConfig":{},"HostConfig":{"Privileged":true}}`,
        ),
    ],
    [
      "a body over 1 MiB",
      () => ask("/containers/create", { Image: image("good"), Labels: { x: "y".repeat(1 << 20) } }),
    ],
    [
      "a body in chunks",
      () =>
        ask(
          "/containers/create",
          { Image: image("good"), Cmd: ["/x"], HostConfig: { Privileged: true } },
          { "transfer-encoding": "chunked" },
        ),
    ],
    ["no body", () => ask("/containers/create", "")],
    [
      "a body that is said to be something else",
      () => ask("/containers/create", { Image: image("good") }, { "content-type": "text/plain" }),
    ],
    [
      "an address that ends as one whose body is kept back",
      () =>
        ask("/containers/create?name=x/auth", {
          Image: image("good"),
          HostConfig: { Privileged: true },
        }),
    ],
    [
      "an encoded address",
      () =>
        ask("/v1.41/containers/%63reate", {
          Image: image("good"),
          HostConfig: { Privileged: true },
        }),
    ],
    [
      "an address with a host",
      () =>
        ask("http://x/containers/create", {
          Image: image("good"),
          HostConfig: { Privileged: true },
        }),
    ],
    [
      "settings at a start by an old version",
      () => ask("/v1.23/containers/x/start", { Privileged: true }),
    ],
    [
      "a volume that binds a folder",
      () =>
        ask("/volumes/create", {
          Name: "v",
          Driver: "local",
          DriverOpts: { type: "none", o: "bind", device: "/etc" },
        }),
    ],
    [
      "a volume that lays the host below",
      () =>
        ask("/volumes/create", {
          Name: "w",
          Driver: "local",
          DriverOpts: {
            type: "overlay",
            o: "lowerdir=/etc,upperdir=/tmp/u,workdir=/tmp/w",
            device: "overlay",
          },
        }),
    ],
    ["a build on the host's network", () => ask("/build?networkmode=host&remote=x", "")],
    [
      "a plugin with the host's network",
      () => ask("/plugins/pull?remote=x/y", [{ Name: "network", Value: ["host"] }]),
    ],
  ])(
    "%s does not get by",
    async (_, asking) => {
      expect(await asking()).toEqual({ exit: 403, text: DENIED });
    },
    TIMEOUT_MS,
  );

  test.each(["//containers/create", "/images/../containers/create", "/./containers/create"])(
    "the engine makes nothing of the address %s",
    async (path) => {
      const { exit } = await ask(path, { Image: image("good"), HostConfig: { Privileged: true } });
      expect([301, 403]).toContain(exit);
    },
    TIMEOUT_MS,
  );

  test(
    "the engine itself takes settings at the top of a body, so they are looked for there",
    async () => {
      const body = { Image: image("good"), Cmd: ["/x"], NetworkMode: "none", ReadonlyRootfs: true };
      const { exit, text } = await ask("/containers/create?name=top", body);
      expect([exit, text]).toEqual([201, expect.stringContaining("Id")]);
      const read = await done("inspect", "-f", "{{.HostConfig.ReadonlyRootfs}}", "top");
      expect(read).toBe("true");
      await done("rm", "top");
    },
    TIMEOUT_MS,
  );

  test(
    "a program in a container is decided by what it adds",
    async () => {
      await done(
        "run",
        "-d",
        "--network=none",
        "--name=runs",
        "--user=1000",
        image("good"),
        "/bin/busybox",
        "sleep",
        "600",
      );
      const plain = await docker("exec", "runs", "/bin/busybox", "echo", "inside");
      const privileged = await docker("exec", "--privileged", "runs", "/bin/busybox", "id");
      const root = await docker("exec", "--user=0", "runs", "/bin/busybox", "id");
      expect([plain, privileged.text, root.text]).toEqual([
        { exit: 0, text: "inside\n" },
        expect.stringMatching(/denies exec in container runs: no-privileged/),
        expect.stringMatching(/denies exec in container runs: run-as-user-not-root/),
      ]);
      await done("restart", "-t", "0", "runs");
      await done("rm", "-f", "runs");
    },
    TIMEOUT_MS,
  );

  test(
    "what a container has of others is decided by what they are",
    async () => {
      await done(
        "run",
        "-d",
        "--network=none",
        "--name=side",
        image("good"),
        "/bin/busybox",
        "sleep",
        "600",
      );
      const beside = ["--network=container:side", "--volumes-from=side"];
      expect(
        await docker("run", "--rm", ...beside, image("good"), "/bin/busybox", "echo", "ran"),
      ).toEqual({
        exit: 0,
        text: "ran\n",
      });
      await done("rm", "-f", "side");
    },
    TIMEOUT_MS,
  );

  test(
    "a service is decided by its manager",
    async () => {
      const address = ["--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:0"];
      await done("swarm", "init", ...address.slice(0, 2), "--listen-addr", "127.0.0.1:23771");
      const create = (name: string, ...options: string[]): Promise<Said> =>
        docker("service", "create", "--detach", "--no-resolve-image", "--name", name, ...options);
      const bad = await create("bad", "--network=host", image("good"), "/bin/busybox");
      const mount = "type=bind,src=/etc,dst=/e";
      const bound = await create("bound", "--mount", mount, image("good"), "/bin/busybox");
      const bare = await create("bare", image("bare"), "/bin/busybox");
      const good = await create("fine", "--replicas=0", image("good"), "/bin/busybox", "true");
      const update = await docker(
        "service",
        "update",
        "--detach",
        "--no-resolve-image",
        "--image",
        image("bare"),
        "fine",
      );
      expect([bad.text, bound.text, bare.text, good.exit, update.text]).toEqual([
        expect.stringMatching(/denies service bad: no-host-namespaces/),
        expect.stringMatching(/denies service bound: no-host-path/),
        expect.stringMatching(/denies service bare: .*is not signed by release/),
        0,
        expect.stringMatching(/denies service fine: .*is not signed by release/),
      ]);
      await done("service", "rm", "fine");
      await done("swarm", "leave", "--force");
    },
    TIMEOUT_MS,
  );

  test(
    "an override lets through what it names, and is seen in the evidence",
    async () => {
      const grant = ["--reason", "the shop is down", "--until", "1h", "--for", "admit"];
      const subject = ["--subject", image("bare").replace(/:1$/, ""), "--key", "glass.key"];
      await bulwark("break-glass", "grant", ...grant, ...subject, "-o", "override.json");
      execFileSync("sh", ["-c", "mkdir -p overrides && cp override.json overrides/"], {
        cwd: home,
      });
      let said = await run("bare");
      for (let i = 0; i < 30 && said.exit !== 0; i += 1) {
        await sleep(1000);
        said = await run("bare");
      }
      expect(said).toEqual({ exit: 0, text: "ran\n" });
      rmSync(join(home, "overrides"), { recursive: true });
    },
    TIMEOUT_MS,
  );

  test(
    "a plugin that is ended makes the engine refuse everything, and one that comes again decides again",
    async () => {
      expect(await stopPlugin()).toBe(0);
      expect(existsSync(SOCKET)).toBe(false);
      const began = performance.now();
      const refused = await docker("ps");
      expect([refused.exit, refused.text]).toEqual([
        1,
        expect.stringContaining(`plugin ${PLUGIN} failed`),
      ]);
      expect(performance.now() - began).toBeGreaterThan(5_000);
      log = "";
      await startPlugin("audit");
      expect(await run("bare")).toEqual({ exit: 0, text: "ran\n" });
      expect(log).toContain("is let through in mode audit");
      await done(
        "create",
        "--name=wide",
        "--network=host",
        "-v",
        "/etc:/e",
        image("good"),
        "/bin/busybox",
      );
      await stopPlugin();
      log = "";
      await startPlugin("enforce");
      const from = await run("good", "--volumes-from=wide");
      expect([from.exit, from.text]).toEqual([125, expect.stringContaining("no-host-path: ")]);
    },
    TIMEOUT_MS,
  );

  test(
    "Prometheus is told how many there were",
    async () => {
      const port = /health and metrics on port (\d+)/.exec(log)?.[1];
      const told = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
      expect(told).toMatch(
        /^bulwark_admission_reviews_total\{outcome="deny",allowed="false"\} 1$/m,
      );
      expect(told).toMatch(/^bulwark_admission_review_duration_seconds_count 1$/m);
      expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
    },
    TIMEOUT_MS,
  );

  test(
    "every decision is in the evidence",
    async () => {
      const shown = await bulwark("evidence", "export", "--format", "json");
      const { entries } = JSON.parse(shown) as {
        entries: {
          decision?: { action: string; outcome: string; reasons: string[]; actor: unknown };
        }[];
      };
      const admitted = entries.flatMap(({ decision }) =>
        decision?.action === "admit" ? [decision] : [],
      );
      const outcomes = new Set(admitted.map(({ outcome }) => outcome));
      expect([outcomes, admitted[0]?.actor]).toEqual([
        new Set(["allow", "deny", "undecided"]),
        { kind: "request", name: "anonymous", host: null },
      ]);
      expect(shown).toContain("the shop is down");
      expect(readFileSync(join(home, "policy.yaml"), "utf8")).toBe(POLICY);
    },
    TIMEOUT_MS,
  );
});
