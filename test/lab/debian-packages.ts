// Real files out of packages of the Debian this runs on, or of a later one: downloaded once with apt and kept, unpacked, under the
// system's folder for temporary files.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { withLock } from "./lock.ts";

/** An unpacked package. */
export interface LabPackage {
  /** As dpkg writes it: `1:2.3-4`. */
  readonly version: string;
  /** The folder with its files. */
  readonly root: string;
}

export type LabPackages =
  | { readonly packages: ReadonlyMap<string, LabPackage>; readonly reason: null }
  | { readonly packages: null; readonly reason: string };

/** A later Debian, whose static programs run here as well: Go's (cosign, oras, crane, notation) do. */
export type LaterSuite = "sid" | "trixie";

interface Lab {
  /** Where packages lie, unpacked. */
  readonly folder: string;
  /** Options of apt. */
  readonly options: readonly string[];
}

const LABS = join(tmpdir(), "bulwark-lab");
const run = promisify(execFile);

/**
 * Packages by name, downloaded when they are not there yet. Not to be changed by tests.
 *
 * @param suite null for the Debian this runs on.
 * @returns `packages: null` and the reason when they cannot be had here (no apt, not root, no network).
 * @throws {Error} with that reason when `CI=true`, where such tests must run.
 */
export async function labPackages(
  names: readonly string[],
  suite: LaterSuite | null = null,
): Promise<LabPackages> {
  const lab = await labOf(suite);
  if (lab === null) return without("apt knows no archive of Debian");
  const absent = (): string[] => names.filter((name) => !existsSync(join(lab.folder, name)));
  // apt does one thing at a time, and several files of tests want the same at once.
  const reason =
    absent().length === 0
      ? null
      : await withLock(`${lab.folder}.lock`, async () =>
          absent().length === 0 ? null : download(absent(), lab),
        );
  if (reason !== null) return without(reason);
  const packages = new Map<string, LabPackage>();
  for (const name of names) {
    const version = await readFile(join(lab.folder, name, "version"), "utf8");
    packages.set(name, { version, root: join(lab.folder, name, "root") });
  }
  return { packages, reason: null };
}

function without(reason: string): LabPackages {
  if (process.env["CI"] === "true") throw new Error(reason);
  return { packages: null, reason };
}

/** Another suite has lists and a cache of its own, so that the system's are not touched. */
async function labOf(suite: LaterSuite | null): Promise<Lab | null> {
  if (suite === null) return { folder: join(LABS, "packages"), options: [] };
  const apt = join(LABS, `apt-${suite}`);
  await mkdir(join(apt, "lists/partial"), { recursive: true });
  await mkdir(join(apt, "cache/archives/partial"), { recursive: true });
  const archive = await archiveHere();
  if (archive === null) return null;
  const keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
  const source = `deb [signed-by=${keys}] ${archive} ${suite} main\n`;
  await writeFile(join(apt, "sources.list"), source);
  const settings = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    "Dir::Etc::sourceparts=/dev/null",
    `Dir::State::lists=${apt}/lists`,
    // What happens to be installed here is not what is asked for.
    "Dir::State::status=/dev/null",
    `Dir::Cache=${apt}/cache`,
    "Acquire::Languages=none",
    "APT::Sandbox::User=root",
  ];
  return { folder: join(LABS, `packages-${suite}`), options: settings.flatMap((s) => ["-o", s]) };
}

/** The archive that this machine uses, which has the later suites as well; null when apt names none. */
async function archiveHere(): Promise<string | null> {
  const targets = [
    "--no-release-info",
    "--format",
    "$(REPO_URI) $(RELEASE)",
    "Created-By: Packages",
  ];
  const asked = await run("apt-get", ["indextargets", ...targets]).catch(() => null);
  const lines = asked?.stdout.split("\n").map((line) => line.split(" ")) ?? [];
  const [address] = lines.find(([, release = "-"]) => !release.includes("-")) ?? [];
  return address ?? null;
}

/** @returns Why it could not be done; null when it could. */
async function download(names: readonly string[], lab: Lab): Promise<string | null> {
  if (process.getuid?.() !== 0) return "apt needs root";
  if (!existsSync("/usr/bin/apt-get")) return "apt is not installed";
  const partial = join(lab.folder, `.partial-${process.pid}`);
  await mkdir(partial, { recursive: true });
  try {
    await fetched(names, partial, lab);
    const archives = (await readdir(partial)).filter((name) => name.endsWith(".deb"));
    for (const archive of archives) await unpacked(join(partial, archive), partial, lab);
    return null;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return `apt-get download failed: ${text.slice(0, 300)}`;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** The lists of a fresh machine are empty, and those of an old one name packages that are gone. */
async function fetched(names: readonly string[], cwd: string, lab: Lab): Promise<void> {
  const words = ["-qq", ...lab.options, "download", ...names];
  try {
    await run("apt-get", words, { cwd });
  } catch {
    await run("apt-get", ["-qq", ...lab.options, "update"]);
    await run("apt-get", words, { cwd });
  }
}

/** Made beside its final name and then renamed, so that a half-made one is never taken for a whole one. */
async function unpacked(archive: string, partial: string, lab: Lab): Promise<void> {
  const { stdout } = await run("dpkg-deb", ["-f", archive, "Package", "Version"]);
  const [name = "", version = ""] = ["Package", "Version"].map(
    (field) => new RegExp(`^${field}: (.*)$`, "m").exec(stdout)?.[1],
  );
  const made = join(partial, name);
  await mkdir(join(made, "root"), { recursive: true });
  await run("dpkg-deb", ["-x", archive, join(made, "root")]);
  await writeFile(join(made, "version"), version);
  await rename(made, join(lab.folder, name)).catch((error: unknown) => {
    // Another process was faster.
    if (!existsSync(join(lab.folder, name))) throw error;
  });
}
