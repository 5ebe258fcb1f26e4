// Tests of a policy: what it must say of results that were written down before.
import type { ImageSettings } from "../model/image-settings.ts";
import type { Stage } from "../model/policy.ts";
import type { Verdict } from "../model/verdict.ts";
import { type ConfigMap, readConfig } from "./config-file.ts";

/** One case: a scan, and what the policy has to say of it. */
export interface PolicyCase {
  readonly name: string;
  /** File that `bulwark scan --format json` wrote, relative to the file of tests. */
  readonly scan: string;
  /** How the image wants to be run, which a scan does not say; null when the case does not, either. */
  readonly settings: ImageSettings | null;
  readonly stage: Stage;
  readonly expect: Exclude<Verdict["outcome"], "none">;
  /** Ids of exactly the rules that object, whatever their effect; null when only the outcome matters. */
  readonly rules: readonly string[] | null;
  readonly line: number;
}

export interface PolicyTests {
  /** As in `bulwark gate --policy`; a file is relative to the file of tests. */
  readonly policy: string;
  readonly cases: readonly PolicyCase[];
}

const OUTCOMES = ["allow", "deny", "undecided"] as const;

/**
 * Reads a file of tests.
 *
 * @throws {AppError} `config-invalid` naming file, line and what is wrong.
 */
export function parsePolicyTests(
  bytes: Uint8Array,
  path: string,
  stages: readonly Stage[],
): PolicyTests {
  const top = readConfig(bytes, { what: "policy tests", path, guide: "docs/guide/policy.md" });
  top.onlyKeys(["policy", "cases"]);
  const cases = top.maps("cases", "a case").map((item) => caseOf(item, stages));
  if (cases.length === 0) top.fail("it has no cases");
  return { policy: top.text("policy") ?? top.fail("it names no policy"), cases };
}

function caseOf(item: ConfigMap, stages: readonly Stage[]): PolicyCase {
  item.onlyKeys(["name", "scan", "image", "stage", "expect", "rules"]);
  const required = (key: string): string => item.text(key) ?? item.fail(`the case has no ${key}`);
  const image = item.map("image");
  return {
    name: required("name"),
    scan: required("scan"),
    settings: image === null ? null : settingsOf(image),
    stage: item.choice("stage", stages) ?? "build",
    expect: item.choice("expect", OUTCOMES) ?? item.fail("the case has no expect"),
    rules: item.has("rules") ? item.texts("rules") : null,
    line: item.line,
  };
}

function settingsOf(item: ConfigMap): ImageSettings {
  item.onlyKeys(["user", "env", "entrypoint", "cmd", "workingDir", "ports", "volumes", "labels"]);
  const labels = item.map("labels");
  return {
    user: item.text("user") ?? "",
    env: item.texts("env"),
    entrypoint: item.texts("entrypoint"),
    cmd: item.texts("cmd"),
    workingDir: item.text("workingDir") ?? "",
    ports: item.texts("ports"),
    volumes: item.texts("volumes"),
    labels: Object.fromEntries((labels?.keys() ?? []).map((key) => [key, labels?.text(key) ?? ""])),
    healthcheck: null,
  };
}
