// Helm and Kustomize make objects out of templates and overlays. They are run on files for which nobody answers: without a shell,
// plugins or the user's settings, with no other program in reach, and with a proxy that is none, so that what gets past those who
// looked at the files first still leads nowhere.
import { access, constants, mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, isAbsolute, join, relative } from "node:path";
import { printable } from "../kit/text.ts";
import type { Environment } from "./folders.ts";
import { type ProgramRun, runProgram } from "./process.ts";

export interface RenderContext {
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** What rendering gave. */
export type Rendering =
  | {
      readonly kind: "rendered";
      readonly bytes: Buffer;
      /** The folder to which paths in it are relative. */
      readonly from: string;
    }
  /** No program that could do it is installed. */
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly why: string };

const BOUNDS = { timeoutMs: 30_000, outputBytesMax: 16 << 20 };

/**
 * Renders a kustomization, by `kustomize` or else `kubectl`; objects say in an annotation where they come from.
 *
 * @param folder Its real path.
 * @throws the signal's reason.
 */
export async function renderKustomization(
  folder: string,
  context: RenderContext,
): Promise<Rendering> {
  const kustomize = await programNamed("kustomize", context.env);
  const program = kustomize ?? (await programNamed("kubectl", context.env));
  if (program === null) return { kind: "absent" };
  return inFolderOfOwn(async (own) => {
    const from = join(own, "overlay");
    await mkdir(from);
    // JSON is YAML; a kustomization around the one that is meant can ask for what that one does not.
    const around = { resources: [relative(from, folder)], buildMetadata: ["originAnnotations"] };
    await writeFile(join(from, "kustomization.yaml"), JSON.stringify(around));
    const verb = kustomize === null ? "kustomize" : "build";
    return rendered(program, [verb, from], { own, from, signal: context.signal });
  });
}

/**
 * Renders a chart with what it has beside it.
 *
 * @param values Files with values, as absolute paths.
 * @throws the signal's reason.
 */
export async function renderChart(
  { folder, values }: { readonly folder: string; readonly values: readonly string[] },
  context: RenderContext,
): Promise<Rendering> {
  const program = await programNamed("helm", context.env);
  if (program === null) return { kind: "absent" };
  return inFolderOfOwn(async (own) => {
    const surroundings = { own, from: folder, signal: context.signal };
    const version = await rendered(program, ["version", "--short"], surroundings);
    if (version.kind !== "rendered") return version;
    const said = printable(version.bytes.toString("utf8").trim(), 40);
    if (!keepsToItself(said))
      return { kind: "failed", why: `this helm (${said}) asks the network for names: update it` };
    const named = values.flatMap((path) => ["--values", path]);
    return rendered(program, ["template", "release-name", folder, ...named], surroundings);
  });
}

/** Before 3.11.1 templates could look names up (CVE-2023-25165). */
function keepsToItself(version: string): boolean {
  const [, major, minor, patch] = /^v(\d+)\.(\d+)\.(\d+)/.exec(version)?.map(Number) ?? [];
  if (major === undefined || minor === undefined || patch === undefined) return false;
  return major > 3 || (major === 3 && (minor > 11 || (minor === 11 && patch >= 1)));
}

async function programNamed(name: string, env: Environment): Promise<string | null> {
  // What lies in the folder we are in is no program that the user chose.
  for (const folder of (env["PATH"] ?? "").split(delimiter).filter(isAbsolute)) {
    const path = join(folder, process.platform === "win32" ? `${name}.exe` : name);
    const isThere = await access(path, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (isThere) return path;
  }
  return null;
}

async function inFolderOfOwn(use: (own: string) => Promise<Rendering>): Promise<Rendering> {
  const own = await realpath(await mkdtemp(join(tmpdir(), "bulwark-render-")));
  try {
    return await use(own);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}

interface Running {
  readonly own: string;
  readonly from: string;
  readonly signal: AbortSignal;
}

async function rendered(
  program: string,
  args: readonly string[],
  { own, from, signal }: Running,
): Promise<Rendering> {
  const env = closedTo(own);
  const run = await runProgram(program, args, { env, signal, folder: own, ...BOUNDS });
  if (run.kind === "absent") return run;
  if (run.kind === "ended" && run.exitCode === 0)
    return { kind: "rendered", bytes: run.stdout, from };
  return { kind: "failed", why: whyOf(run) };
}

/** Nothing of the user's: no plugins, credentials, clusters or other programs, and no way out. */
function closedTo(own: string): Environment {
  const nowhere = "http://127.0.0.1:9";
  const proxies = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"];
  return {
    ...Object.fromEntries(proxies.map((name) => [name, nowhere])),
    PATH: join(own, "programs"),
    HOME: own,
    TMPDIR: own,
    XDG_CONFIG_HOME: own,
    HELM_NO_PLUGINS: "1",
    HELM_PLUGINS: join(own, "plugins"),
    HELM_CONFIG_HOME: own,
    HELM_CACHE_HOME: own,
    HELM_DATA_HOME: own,
    KUBECONFIG: join(own, "kubeconfig"),
    LC_ALL: "C",
  };
}

function whyOf(run: Exclude<ProgramRun, { kind: "absent" }>): string {
  if (run.kind === "timed-out") return `it took longer than ${run.afterMs / 1000} seconds`;
  if (run.kind === "too-much-output") return `it gave more than ${run.bytesMax} bytes`;
  const said = run.stderr.toString("utf8");
  // kubectl quotes what is longer than a line between < and >.
  const plain = said
    .replace(/^[\s\S]*?(?:"command failed" err=<?|^Error:)/m, "")
    .replace(/\s+/g, " ");
  return plain.trim() === "" ? "it failed and did not say why" : printable(plain, 400);
}
