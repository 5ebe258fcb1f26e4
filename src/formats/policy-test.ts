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
  /** What people who are believed have attached; null when the case does not say, so that nobody has looked. */
  readonly attached: readonly AttachedInCase[] | null;
  readonly stage: Stage;
  readonly expect: Exclude<Verdict["outcome"], "none">;
  /** Ids of exactly the rules that object, whatever their effect; null when only the outcome matters. */
  readonly rules: readonly string[] | null;
  readonly line: number;
}

/** A statement that a case supposes. */
export interface AttachedInCase {
  readonly what: "signature" | "attestation" | "verdict";
  /** Name in the trust file. */
  readonly by: string;
  /** Of an attestation, as `bulwark attest --type` names it. */
  readonly type: string | null;
  /** File with what an attestation states, relative to the file of tests. */
  readonly predicate: string | null;
  /** Of a verdict. */
  readonly outcome: "allow" | "deny";
  /** Of a verdict: the policy that it is by; null for the one that is tested. */
  readonly policy: string | null;
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
  item.onlyKeys(["name", "scan", "image", "attached", "stage", "expect", "rules"]);
  const required = (key: string): string => item.text(key) ?? item.fail(`the case has no ${key}`);
  const image = item.map("image");
  return {
    name: required("name"),
    scan: required("scan"),
    settings: image === null ? null : settingsOf(image),
    attached: item.has("attached")
      ? item.maps("attached", "what is attached").map(attachedOf)
      : null,
    stage: item.choice("stage", stages) ?? "build",
    expect: item.choice("expect", OUTCOMES) ?? item.fail("the case has no expect"),
    rules: item.has("rules") ? item.texts("rules") : null,
    line: item.line,
  };
}

const ATTACHED = { signed: "signature", attested: "attestation", verdict: "verdict" } as const;

function attachedOf(item: ConfigMap): AttachedInCase {
  const key = (["signed", "attested", "verdict"] as const).find((name) => item.has(name));
  if (key === undefined) return item.fail("it has none of signed, attested and verdict");
  const more = { signed: [], attested: ["by", "predicate"], verdict: ["by", "policy"] }[key];
  item.onlyKeys([key, ...more]);
  const by = key === "signed" ? item.text("signed") : item.text("by");
  return {
    what: ATTACHED[key],
    by: by ?? item.fail("it does not say by whom"),
    type: key === "attested" ? item.text("attested") : null,
    predicate: item.text("predicate"),
    outcome: (key === "verdict" ? item.choice("verdict", ["allow", "deny"]) : null) ?? "allow",
    policy: item.text("policy"),
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
