import { AppError } from "../../kit/error.ts";
import { type CheckRule, STAGES } from "../../model/policy.ts";
import type { Check, Pack, PackEntry } from "./contract.ts";
import { packs } from "./packs.data.ts";
import { type ReadyCheck, readied } from "./run.ts";

/** A pack in one of its versions. */
export interface ChosenPack {
  readonly pack: Pack;
  /** Minor version of Kubernetes. */
  readonly version: number;
}

/** The newest minor version of Kubernetes whose Pod Security we know. */
export const MINOR_VERSION_MAX = 37;

/**
 * Reads the name of a pack: `pss-restricted`, `pss-restricted@v1.30`, `pss-restricted@latest`.
 *
 * @throws {AppError} `usage` for a pack or version that there is not.
 */
export function parsePackName(text: string): ChosenPack {
  const [id = "", written = "latest"] = text.split("@", 2);
  const pack = packs.find((one) => one.id === id);
  if (pack === undefined) {
    throw new AppError("usage", `cannot use pack ${JSON.stringify(text)}: there is none`, {
      hint: `there are ${packs.map((one) => one.id).join(", ")}`,
    });
  }
  return { pack, version: versionOf(text, written) };
}

function versionOf(text: string, written: string): number {
  if (written === "latest") return MINOR_VERSION_MAX;
  const minor = Number(/^v?1\.(\d{1,3})$/.exec(written)?.[1] ?? Number.NaN);
  if (minor <= MINOR_VERSION_MAX) return minor;
  throw new AppError(
    "usage",
    `cannot use pack ${JSON.stringify(text)}: ${JSON.stringify(written)} is no version that is known`,
    { hint: `write v1.0 to v1.${MINOR_VERSION_MAX}, or latest` },
  );
}

/** Whether a name is that of a pack of checks, with a version or without. */
export function isCheckPack(name: string): boolean {
  return packs.some((pack) => pack.id === name.split("@", 1)[0]);
}

/**
 * A pack as rules of a policy, in the pack's order.
 *
 * @throws {AppError} `usage` for a pack or version that there is not.
 */
export function checkRulesOf(name: string): CheckRule[] {
  const { pack, version } = parsePackName(name);
  return entriesOf(pack, version).map(({ check }) => ({
    kind: "check",
    id: check,
    effect: "deny",
    stages: STAGES,
    fix: null,
    owner: null,
    failMode: "closed",
    line: 0,
    check,
    version,
  }));
}

/** The checks of a pack, each readied for the version, in the pack's order. */
export function checksOf(
  { pack, version }: ChosenPack,
  checks: readonly Check[],
): readonly ReadyCheck[] {
  return entriesOf(pack, version).map((entry) => readied(checkOf(entry, checks), version));
}

function entriesOf({ entries }: Pack, version: number): readonly PackEntry[] {
  return entries.filter(({ from = 0, before = Infinity }) => from <= version && version < before);
}

function checkOf({ check: id }: PackEntry, checks: readonly Check[]): Check {
  const found = checks.find((check) => check.id === id);
  if (found === undefined) throw new AppError("internal", `no check is called ${id}`);
  return found;
}
