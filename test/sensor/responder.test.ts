// The responder of the strict mode alone, before an overlay of the test's own: no engine, and no sensor that tells it of files.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { StrictDecision, StrictReport } from "../../src/formats/sensor/strict-report.ts";
import { overlayDevice } from "../../src/io/sensor/overlay.ts";
import { checkStrict, Responder } from "../../src/io/sensor/responder.ts";
import { strictIndex } from "../../src/io/sensor/strict-index.ts";
import { FileTableBuilder } from "../../src/model/file-table.ts";
import { missingPrograms } from "../lab/programs.ts";

const ANSWERS_BYTES = 1024 * 128;
/** Longer than anybody reads: a hole to its end. */
const LARGE_BYTES = 2 ** 40;
const SCRIPT = "#!/bin/busybox sh\nexit 0\n";
/** Of chroot, for a program that could not be started. */
const DENIED = 126;
const PATIENCE_MS = 10_000;

const hindrance =
  process.getuid?.() === 0
    ? (missingPrograms("busybox", "chroot") ??
      ((await checkStrict(AbortSignal.timeout(PATIENCE_MS)))?.kind === "ready"
        ? null
        : "nobody can be strict here"))
    : "needs root";

describe.skipIf(hindrance !== null)(`the responder (${hindrance ?? "real"})`, () => {
  const folder = mkdtempSync(join(tmpdir(), "bulwark-responder-"));
  const root = join(folder, "merged");
  const said: StrictReport[] = [];
  const decided = (why: string): StrictDecision[] =>
    said.filter((one) => one.kind === "decision").filter((one) => one.why === why);
  let inside: ReturnType<typeof spawn>;
  let responder: Responder;
  let answers = -1;

  const until = async (is: () => boolean): Promise<void> => {
    const end = Date.now() + PATIENCE_MS;
    while (!is()) {
      if (Date.now() > end) throw new Error(`not seen: ${JSON.stringify(said)}`);
      await sleep(20);
    }
  };
  const put = (name: string, text: string): void => {
    writeFileSync(join(root, name), text);
    chmodSync(join(root, name), 0o755);
  };
  const run = (name: string): number | null => spawnSync("chroot", [root, name]).status;

  beforeAll(async () => {
    execFileSync("mount", ["-t", "tmpfs", "tmpfs", folder]);
    for (const name of ["lower/bin", "upper", "work", "merged"])
      mkdirSync(join(folder, name), { recursive: true });
    cpSync("/bin/busybox", join(folder, "lower/bin/busybox"));
    const [lower, upper, work] = ["lower", "upper", "work"].map((name) => join(folder, name));
    const layers = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    execFileSync("mount", ["-t", "overlay", "-o", layers, "overlay", root]);
    const image = new FileTableBuilder();
    const add = (path: string, sizeBytes: number, digest: Uint8Array): void => {
      const row = image.add({ path, kind: "file", mode: 0o755, sizeBytes, link: "" });
      image.setDigest(row, digest);
    };
    const busybox = readFileSync("/bin/busybox");
    add("bin/busybox", busybox.length, createHash("sha256").update(busybox).digest());
    add("large", LARGE_BYTES, new Uint8Array(32).fill(1));
    add("script", SCRIPT.length, new Uint8Array(32).fill(2));
    const map = join(folder, "answers");
    writeFileSync(map, Buffer.alloc(ANSWERS_BYTES));
    answers = openSync(map, "r+");
    inside = spawn("chroot", [root, "/bin/busybox", "sleep", "1000"]);
    await until(() => overlayDevice(`/proc/${inside.pid}/root`) !== null);
    responder = new Responder(
      {
        ...{ pid: inside.pid ?? 0, root: overlayDevice(root) ?? 0, place: 0, answers },
        index: strictIndex(image.build()),
      },
      (report) => said.push(report),
      () => undefined,
    );
    await until(() => said.some(({ kind }) => kind === "ready"));
  }, 30_000);

  afterAll(async () => {
    responder?.stop();
    inside?.kill("SIGKILL");
    await sleep(100);
    if (answers >= 0) closeSync(answers);
    spawnSync("umount", [root]);
    spawnSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true, force: true });
  });

  test("what the image has runs, and what it does not have is denied", () => {
    put("script", SCRIPT);
    expect(run("/script")).toBe(DENIED);
    expect(spawnSync("chroot", [root, "/bin/busybox", "true"]).status).toBe(0);
  });

  test("a large file is let run, and holds up no other", async () => {
    put("large", "");
    truncateSync(join(root, "large"), LARGE_BYTES);
    const large = [1, 2, 3, 4].map(() => spawn("chroot", [root, "/large"]));
    for (let i = 0; i < 20; i += 1) {
      put(`script${i}`, SCRIPT);
      expect(run(`/script${i}`)).toBe(DENIED);
      await sleep(50);
    }
    for (const one of large) one.kill("SIGKILL");
    expect(decided("late").map(({ path }) => path)).toEqual(Array(4).fill(join(root, "large")));
    const slowest = Math.max(...decided("content").map(({ waitedUs }) => waitedUs));
    expect(slowest).toBeLessThan(400_000);
  }, 30_000);

  test("neither of its processes can call what it does not need", () => {
    const ours = readdirSync("/proc").filter((pid) => {
      const command = /^\d+$/.test(pid) ? commandOf(pid) : "";
      return command.includes("strict.") && command.includes(`\0run\0${inside.pid}\0`);
    });
    expect(ours).toHaveLength(2);
    for (const pid of ours) {
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      expect(status).toMatch(/^Seccomp:\t2$/m);
      expect(status).toMatch(/^CapEff:\t0+$/m);
    }
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8");
  } catch {
    return "";
  }
}
