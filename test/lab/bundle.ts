// The program as users have it: bundled, and started as a process of its own.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Bundle {
  /** What to give to Node. */
  readonly program: string;
  remove(): void;
}

/** Builds one. Takes a second or two; to be removed by who asked for it. */
export function buildBundle(name: string): Bundle {
  const folder = join(ROOT, `node_modules/.cache/bulwark/${name}-${process.pid}`);
  execFileSync(process.execPath, ["tools/build.js", folder], { cwd: ROOT, stdio: "pipe" });
  const program = join(folder, "bulwark.js");
  const launcher = readFileSync(join(ROOT, "bin/bulwark.js"), "utf8");
  writeFileSync(program, launcher.replace("../dist/", "./"));
  return { program, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** How long building one may take on a busy machine. */
export const BUNDLE_TIMEOUT_MS = 120_000;

export interface Ended {
  /** 255 when a signal ended it. */
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

/** Starts the program in a folder, with nothing of the caller's environment but the path, and a home below the folder. */
export function start(
  program: string,
  args: readonly string[],
  where: { readonly folder: string; readonly env?: Readonly<Record<string, string>> },
): Running {
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: join(where.folder, ".home"),
    NO_COLOR: "1",
    ...where.env,
  };
  const child = spawn(process.execPath, [program, ...args], { cwd: where.folder, env });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (piece: Buffer) => out.push(piece));
  child.stderr.on("data", (piece: Buffer) => err.push(piece));
  const timer = setTimeout(() => child.kill("SIGKILL"), 110_000);
  const ended = new Promise<Ended>((done) => {
    child.on("close", (code) => {
      clearTimeout(timer);
      const text = (pieces: Buffer[]): string => Buffer.concat(pieces).toString("utf8");
      done({ exit: code ?? 255, stdout: text(out), stderr: text(err) });
    });
  });
  return { child, ended };
}
