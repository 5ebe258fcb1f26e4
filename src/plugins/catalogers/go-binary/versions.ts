import type { GoBuildInfo } from "../../../formats/go-build-info.ts";

const LINKER_FLAGS_MAX = 20_000;

/**
 * The version of Go's standard library as advisories write it: `go1.21rc2` is `1.21.0-rc.2`, `go1.22.1 X:boringcrypto` is `1.22.1`.
 *
 * @returns null for a toolchain between releases, or of another maker.
 */
export function standardLibraryVersion(goVersion: string): string | null {
  const match =
    /^go(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?:(alpha|beta|rc)(\d{1,3}))?(?:b\d+)?(?:[-+ ].*)?$/.exec(
      goVersion.trim(),
    );
  if (match === null) return null;
  const [, major, minor, patch = "0", stage, number] = match;
  return `${major}.${minor}.${patch}${stage === undefined ? "" : `-${stage}.${number}`}`;
}

/**
 * The version of a main module. Programs that were built in their own repository call it `(devel)`; many of them are given their
 * version by the linker (`-X main.version=1.2.3`), and where that is said with one voice, it counts.
 */
export function mainVersion({ main, settings }: GoBuildInfo): string {
  const version = main?.version ?? "";
  if (version !== "" && version !== "(devel)") return version;
  const flags = (settings.get("-ldflags") ?? "").slice(0, LINKER_FLAGS_MAX);
  const stated = new Set(
    flags.split(/[\s"']+/).flatMap((word) => assignedVersion(word, main?.path ?? "")),
  );
  const [only] = stated;
  return stated.size === 1 && only !== undefined ? only : "(devel)";
}

/** `main.version=1.2.3` or a variable of that name in a package of the module. */
function assignedVersion(word: string, module: string): string[] {
  const equals = word.indexOf("=");
  const [symbol, value] = word.startsWith("-X=")
    ? split(word.slice(3), word.indexOf("=", 3) - 3)
    : split(word, equals);
  const dot = symbol.lastIndexOf(".");
  const owner = symbol.slice(0, Math.max(0, dot));
  const isOurs = owner === "main" || owner === module || owner.startsWith(`${module}/`);
  const isNamed = /^(app|build|git|release|sem)?_?ver(sion)?$/i.test(symbol.slice(dot + 1));
  if (!isOurs || !isNamed || !/^v?\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]*)?$/.test(value)) return [];
  return [value.startsWith("v") ? value : `v${value}`];
}

function split(text: string, at: number): readonly [string, string] {
  return at <= 0 ? ["", ""] : [text.slice(0, at), text.slice(at + 1)];
}
