// What is installed is enough: the sensor at work with the rights of the unit and of the DaemonSet, and no others.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { podmanHindrance } from "../lab/docker-engine.ts";
import { missingPrograms } from "../lab/programs.ts";
import { sensorHindrance } from "../lab/sensor.ts";

const PROJECT = resolve(import.meta.dirname, "../..");
const COMMAND = join(PROJECT, "bin/bulwark.js");
const MODULES = realpathSync(join(PROJECT, "node_modules"));
const RULES = `- rule: Marked
  desc: d
  condition: evt.type = execve and proc.args startswith marked
  output: "%proc.cmdline in %container.name"
  priority: NOTICE
`;

function bulwark(...args: string[]): string {
  return execFileSync(process.execPath, [COMMAND, ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

/** Collects what a watching process prints, and waits for a piece of it. */
class Printed {
  text = "";

  constructor(child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (piece: Buffer) => {
        this.text += piece.toString();
      });
    }
  }

  async has(piece: string, again: () => void = () => undefined): Promise<void> {
    for (let turn = 0; turn < 150; turn += 1) {
      again();
      await sleep(100);
      if (this.text.includes(piece)) return;
    }
    throw new Error(`not printed: ${piece}\n${this.text}`);
  }
}

/** Before what it stands on is taken away. */
async function ended(child: ChildProcess): Promise<void> {
  const end = new Promise((done) => child.once("exit", done));
  child.kill("SIGTERM");
  await end;
}

const hindrance = sensorHindrance() ?? missingPrograms("setpriv", "unshare");

describe.skipIf(hindrance !== null)(`the sensor as a service (${hindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-install-"));
  const rules = join(folder, "marked.yaml");
  let unit = "";

  beforeAll(() => {
    writeFileSync(rules, RULES);
    unit = bulwark("sensor", "install", "--rules", rules);
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const systemd = missingPrograms("systemd-analyze");

  test.skipIf(systemd !== null)(`systemd takes the unit (${systemd ?? "real"})`, () => {
    const path = join(folder, "bulwark-sensor.service");
    writeFileSync(path, unit);
    const { stderr, status } = spawnSync("systemd-analyze", ["verify", path], { encoding: "utf8" });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });

  test("the unit's capabilities are enough, with a view of the files that is its own and read-only", async () => {
    const [, granted = ""] = /^CapabilityBoundingSet=(.+)$/m.exec(unit) ?? [];
    const set = granted.split(" ").map((name) => `+${name.slice("CAP_".length).toLowerCase()}`);
    const capabilities = ["-all", ...set].join(",");
    const [, command = ""] = /^ExecStart=(.+)$/m.exec(unit) ?? [];
    const words = command
      .split(" ")
      .map((word) => (word.startsWith("/etc/bulwark/rules/") ? rules : word));
    const child = spawn("unshare", [
      "--mount",
      "/bin/sh",
      "-c",
      'mount -o remount,bind,ro / && exec "$@"',
      "sh",
      ...["setpriv", "--no-new-privs", `--bounding-set=${capabilities}`, `--inh-caps=-all`],
      ...words,
    ]);
    const printed = new Printed(child);
    await printed.has("marked unit", () => execFileSync("/bin/echo", ["marked", "unit"]));
    await ended(child);
  }, 30_000);
});

const podHindrance = hindrance ?? podmanHindrance() ?? missingPrograms("busybox");

describe.skipIf(podHindrance !== null)(`the sensor as a pod (${podHindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-pod-"));
  // Docker of Debian 12 knows no capability that is younger than it.
  const podman = (...args: string[]): string[] => [
    ...["--root", join(folder, "store"), "--runroot", join(folder, "run"), "--storage-driver=vfs"],
    ...["--cgroup-manager=cgroupfs", "--log-level=error"],
    ...args,
  ];
  const run = (...args: string[]): string[] => {
    const limits = ["--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"];
    return podman("run", "--rm", "--network=none", ...limits, ...args);
  };

  beforeAll(() => {
    writeFileSync(join(folder, "marked.yaml"), RULES);
    const root = join(folder, "root");
    for (const path of ["bin", "tmp", "usr", "opt", "var/lib/bulwark", "etc/bulwark/rules"])
      mkdirSync(join(root, path), { recursive: true });
    for (const name of ["lib", "lib64"]) symlinkSync(`usr/${name}`, join(root, name));
    cpSync("/bin/busybox", join(root, "bin", "busybox"));
    symlinkSync("busybox", join(root, "bin", "echo"));
    const input = execFileSync("tar", ["-C", root, "-c", "."], { maxBuffer: 1 << 28 });
    execFileSync("podman", podman("import", "-", "bulwark-pod:1"), { input, stdio: "pipe" });
  }, 60_000);

  afterAll(() => {
    spawnSync("podman", podman("rm", "--all", "--force", "--time=0"));
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  test("the DaemonSet's rights are enough to see another container, with its name", async () => {
    const { args, securityContext, mounts } = podOf(
      bulwark("sensor", "install", "--image", "any:1", "--rules", join(folder, "marked.yaml")),
      folder,
    );
    const { drop, add } = securityContext.capabilities;
    const child = spawn(
      "podman",
      run(
        ...["--read-only", "--pid", "host", "--security-opt", "no-new-privileges"],
        ...["--security-opt", "seccomp=unconfined"],
        ...drop.flatMap((name) => ["--cap-drop", name]),
        ...add.flatMap((name) => ["--cap-add", name]),
        ...mounts,
        // The image's part: an interpreter with libbpf, and the program.
        ...["--volume", "/usr:/usr:ro", "--volume", `${PROJECT}:/opt:ro`],
        ...["--volume", `${MODULES}:${MODULES}:ro`],
        ...["bulwark-pod:1", process.execPath, "/opt/bin/bulwark.js", ...args],
      ),
    );
    const printed = new Printed(child);
    let turn = 0;
    await printed.has(" in marked-", () => {
      turn += 1;
      spawnSync("podman", run("--name", `marked-${turn}`, "bulwark-pod:1", "/bin/echo", "marked"));
    });
    expect(printed.text).toContain('"container.name":"marked-');
    await ended(child);
  }, 60_000);
});

interface SensorContainer {
  readonly args: readonly string[];
  readonly securityContext: {
    readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
  };
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
}

/** What a node would start, as options of Podman. */
function podOf(
  manifests: string,
  rulesFolder: string,
): SensorContainer & { readonly mounts: readonly string[] } {
  const set = parseAllDocuments(manifests)
    .map((document) => document.toJS())
    .find(({ kind }) => kind === "DaemonSet");
  const { hostPID, volumes, containers } = set.spec.template.spec;
  expect(hostPID).toBe(true);
  const [container] = containers as [SensorContainer];
  const places = new Map<string, string | undefined>(
    volumes.map((one: { name: string; hostPath?: { path: string } }) => [
      one.name,
      one.name === "rules" ? rulesFolder : one.hostPath?.path,
    ]),
  );
  const mounts = container.volumeMounts.flatMap(({ name, mountPath }) => {
    const from = places.get(name);
    return from === undefined ? ["--tmpfs", mountPath] : ["--volume", `${from}:${mountPath}:ro`];
  });
  return { ...container, mounts };
}
