// podman's, skopeo's and buildah's configuration of registries. @see containers-registries.conf(5), version 2
import { readdir } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import type { DocumentValue } from "../../formats/document.ts";
import { AppError } from "../../kit/error.ts";
import type { Reference } from "../../model/reference.ts";
import type { Environment } from "../folders.ts";
import { readOptional } from "../named-file.ts";

const FILES_MAX = 100;

/** A place as a configuration says it, before it is known whether it may be plain. */
export interface NamedPlace {
  readonly registry: string;
  readonly repository: string;
  readonly isInsecure: boolean;
  readonly isMirror: boolean;
}

interface Endpoint {
  readonly location: string;
  readonly isInsecure: boolean;
}

/** One `[[registry]]`. */
interface RegistryRule extends Endpoint {
  readonly prefix: string;
  readonly isBlocked: boolean;
  readonly mirrors: readonly (Endpoint & { readonly pulls: string })[];
}

/**
 * The mirrors for an image and then its own place, rewritten as the rule with the longest fitting prefix says. Without a rule,
 * its own place alone.
 *
 * @throws {AppError} `config-invalid`; `registry-denied` for a blocked registry.
 */
export async function containersPlaces(
  reference: Reference,
  env: Environment,
): Promise<NamedPlace[]> {
  const { registry, repository } = reference;
  const own = { registry, repository, isInsecure: false, isMirror: false };
  const rule = fitting(await rulesOf(env), `${registry}/${repository}`);
  if (rule === null) return [own];
  if (rule.isBlocked) {
    throw new AppError(
      "registry-denied",
      `cannot read image from ${JSON.stringify(registry)}: registries.conf blocks it`,
      { subject: registry },
    );
  }
  const byDigest = reference.digest !== null;
  const mirrors = rule.mirrors.filter(
    ({ pulls }) => pulls === "all" || pulls === (byDigest ? "digest-only" : "tag-only"),
  );
  const last = rule.location === "" ? [own] : placed(rule, rule, reference, false);
  return [...mirrors.flatMap((mirror) => placed(mirror, rule, reference, true)), ...last];
}

function placed(
  { location, isInsecure }: Endpoint,
  { prefix }: RegistryRule,
  { registry, repository }: Reference,
  isMirror: boolean,
): NamedPlace[] {
  const name = `${registry}/${repository}`;
  const rest = prefix.startsWith("*.") ? name.slice(registry.length) : name.slice(prefix.length);
  const rewritten = `${location}${rest}`;
  const slash = rewritten.indexOf("/");
  if (slash <= 0) return [];
  const host = rewritten.slice(0, slash);
  return [{ registry: host, repository: rewritten.slice(slash + 1), isInsecure, isMirror }];
}

function fitting(rules: readonly RegistryRule[], name: string): RegistryRule | null {
  let best: RegistryRule | null = null;
  for (const rule of rules) {
    const isLonger = rule.prefix.length >= (best?.prefix.length ?? 0);
    if (isLonger && fits(rule.prefix, name)) best = rule;
  }
  return best;
}

function fits(prefix: string, name: string): boolean {
  if (prefix.startsWith("*.")) return name.slice(0, name.indexOf("/")).endsWith(prefix.slice(1));
  return name === prefix || name.startsWith(`${prefix}/`);
}

async function rulesOf(env: Environment): Promise<RegistryRule[]> {
  const rules: RegistryRule[] = [];
  for (const path of await configFiles(env)) {
    const file = await readOptional(path);
    if (file !== null) rules.push(...(await rulesIn(file.bytes, path)));
  }
  return rules;
}

/** The main file, then what lies beside it in the order of names; later rules replace earlier ones of one prefix. */
async function configFiles(env: Environment): Promise<string[]> {
  const named = env["CONTAINERS_REGISTRIES_CONF"] || "";
  if (named !== "") return [named];
  const home = join(
    env["XDG_CONFIG_HOME"] || join(env["HOME"] || homedir(), ".config"),
    "containers",
  );
  const files = [join(home, "registries.conf"), "/etc/containers/registries.conf"];
  const present = await Promise.all(files.map((path) => readOptional(path)));
  const main = present.find((file) => file !== null)?.path;
  const folders = ["/etc/containers/registries.conf.d", join(home, "registries.conf.d")];
  const names = await Promise.all(folders.map(configNames));
  return [...(main === undefined ? [] : [main]), ...names.flat()];
}

async function configNames(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((): string[] => []);
  const chosen = names.filter((name) => name.endsWith(".conf")).sort();
  return chosen.slice(0, FILES_MAX).map((name) => join(folder, name));
}

async function rulesIn(bytes: Buffer, path: string): Promise<RegistryRule[]> {
  const text = bytes.toString("utf8");
  // Most of these files have comments and short names only; the TOML reader is not loaded for them.
  if (!/^[ \t]*\[\[[ \t]*registry[ \t]*\]\]/m.test(text)) return [];
  const [{ readTomlDocument }, { listOf, textOf, memberOf }] = await Promise.all([
    import("../../formats/toml-document.ts"),
    import("../../formats/document.ts"),
  ]);
  const document = readTomlDocument(text.replace(/^\uFEFF/, ""));
  if (document.damage !== null) {
    throw new AppError(
      "config-invalid",
      `cannot read registries ${JSON.stringify(path)}: ${document.damage}`,
      { subject: path },
    );
  }
  const endpoint = (value: DocumentValue): Endpoint => ({
    location: textOf(value, "location").replace(/\/+$/, ""),
    isInsecure: memberOf(value, "insecure") === true,
  });
  return listOf(document.value, "registry").map((value) => {
    const byDigestOnly = memberOf(value, "mirror-by-digest-only") === true;
    return {
      ...endpoint(value),
      prefix: textOf(value, "prefix") || endpoint(value).location,
      isBlocked: memberOf(value, "blocked") === true,
      mirrors: listOf(value, "mirror").map((mirror) => ({
        ...endpoint(mirror),
        pulls: byDigestOnly ? "digest-only" : textOf(mirror, "pull-from-mirror") || "all",
      })),
    };
  });
}
