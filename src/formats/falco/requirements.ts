// What a rule file says it needs: the version of the engine, and plugins.

import type { RuleNode } from "./rule-file.ts";
import type { ItemMessages, RuleItem } from "./rule-items.ts";

/** The version of Falco's engine whose language this is. */
export const ENGINE_VERSION: readonly number[] = [0, 63, 0];

/** Plugins of Falco whose fields and events are built in. Their own versions say nothing here. */
const BUILT_IN: ReadonlySet<string> = new Set(["container", "json", "k8saudit"]);

export function checkEngineVersion({ members }: RuleItem, about: ItemMessages): void {
  const node = members.get("required_engine_version");
  const text = node?.text ?? "";
  const version = /^[0-9]{1,9}$/.test(text) ? [0, Number(text), 0] : versionOf(text);
  if (version === null)
    about.refuse(
      "LOAD_ERR_YAML_VALIDATE",
      `'${text}' is no version of an engine`,
      "write x.y.z",
      node,
    );
  if (isNewer(version, ENGINE_VERSION))
    about.refuse(
      "LOAD_ERR_VALIDATE",
      `the file needs engine ${version.join(".")}, and this is ${ENGINE_VERSION.join(".")}`,
      "update Bulwark, or take an older release of the rules",
      node,
    );
}

function versionOf(text: string): readonly number[] | null {
  const found = /^([0-9]{1,9})\.([0-9]{1,9})\.([0-9]{1,9})(?:[-+][0-9A-Za-z.+-]*)?$/.exec(text);
  return found === null ? null : found.slice(1, 4).map(Number);
}

function isNewer(version: readonly number[], than: readonly number[]): boolean {
  const place = version.findIndex((part, i) => part !== than[i]);
  return place !== -1 && (version[place] ?? 0) > (than[place] ?? 0);
}

export function checkPlugins({ members }: RuleItem, about: ItemMessages): void {
  const node = members.get("required_plugin_versions");
  const { items = null } = node ?? {};
  if (items === null)
    about.refuse("LOAD_ERR_YAML_VALIDATE", "required_plugin_versions is no list", null, node);
  for (const item of items) checkPlugin(item, about);
}

function checkPlugin(item: RuleNode, about: ItemMessages): void {
  const names = [item, ...(item.members?.get("alternatives")?.items ?? [])].map(
    (one) => one.members?.get("name")?.text ?? "",
  );
  if (names.includes(""))
    about.refuse("LOAD_ERR_YAML_VALIDATE", "a required plugin has no name", null, item);
  if (names.some((name) => BUILT_IN.has(name))) return;
  about.warn(
    "LOAD_WARNING_EXTENSION",
    `the file needs Falco's plugin ${names.join(" or ")}, which is not built in: rules that use its fields cannot be loaded`,
    null,
    item,
  );
}
