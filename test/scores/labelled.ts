// What others have labelled: files, whose rule they are about, and whether that rule has something against them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { CheckSettings } from "../../src/stages/check/contract.ts";
import { sharedPath } from "../shared.ts";

/** One verdict of somebody's. */
export interface Labelled {
  /** Their id of the rule. */
  readonly id: string;
  /** Short and stable, for tables. */
  readonly name: string;
  readonly files: readonly string[];
  readonly isBad: boolean;
  /** What the case gives beside its files, as our policy would say it; nothing when absent. */
  readonly settings?: CheckSettings;
}

const HARDENING = sharedPath("fixtures/hardening");
const MANIFEST = /\.(?:ya?ml|json)$/;

function read(path: string): unknown {
  return JSON.parse(readFileSync(join(HARDENING, path), "utf8"));
}

function names(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : [];
}

interface Verdict {
  readonly check: string;
  readonly file: string;
  readonly verdict: "pass" | "fail";
}

/** Polaris and Trivy's examples: a file for each verdict. */
function byFile(folder: string): Labelled[] {
  return (read(`${folder}/manifest.json`) as Verdict[]).map(({ check, file, verdict }) => ({
    id: check,
    name: file.replace(/^test\/checks\/|^kubernetes\//, ""),
    files: [join(HARDENING, folder, file)],
    isBad: verdict === "fail",
  }));
}

/**
 * Checkov says in names of files what they are, and in its tests how many resources of a folder fail. Where the names cannot be
 * those of this test, since it finds fewer than there are names with FAIL, or finds some where every name says PASS, the folder
 * is one case. What is named UNKNOWN has no label. Where their test does not count, the names alone speak.
 */
function checkov(): Labelled[] {
  type Expected = { check: string | null; dir: string | null; failed: number | null };
  const found = new Map<string, Labelled>();
  for (const { check, dir, failed } of read("checkov/expected.json") as Expected[]) {
    if (check === null || dir?.includes("kubernetes") !== true) continue;
    const folder = join(HARDENING, "checkov", dir);
    for (const [files, isBad] of checkovCases(folder, failed)) {
      const name = `${basename(dir)}/${files.length === 1 ? files[0] : "*"}`;
      const paths = files.map((file) => join(folder, file));
      found.set(`${check} ${name}`, { id: check, name, files: paths, isBad });
    }
  }
  return [...found.values(), ...checkovGraphs()];
}

/** Rules of theirs over several objects, by the folder of their cases. The files themselves do not name an id. */
const GRAPH_RULES: Readonly<Record<string, string>> = {
  ImpersonatePermissions: "CKV2_K8S_3",
  ModifyServicesStatus: "CKV2_K8S_4",
  NoCreateNodesProxyOrPodsExec: "CKV2_K8S_2",
  ReadAllSecrets: "CKV2_K8S_5",
  RequireAllPodsToHaveNetworkPolicy: "CKV2_K8S_6",
  RoleBindingPE: "CKV2_K8S_1",
};

/** Each innermost folder is a case, bad where its path says Failing; what lies beside the expectations holds a bad one, too. */
function checkovGraphs(): Labelled[] {
  const graphs = join(HARDENING, "checkov/tests/kubernetes/graph/checks/resources");
  return Object.entries(GRAPH_RULES).flatMap(([rule, id]) =>
    foldersOf(join(graphs, rule)).map(({ folder, files }) => {
      const name = folder.slice(graphs.length + 1);
      const paths = files.map((file) => join(folder, file));
      return { id, name, files: paths, isBad: !name.includes("Passing") };
    }),
  );
}

/** Those with manifests in them, at any depth. */
function foldersOf(folder: string): { readonly folder: string; readonly files: string[] }[] {
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const files = entries
    .filter((one) => one.isFile() && MANIFEST.test(one.name) && one.name !== "expected.yaml")
    .map(({ name }) => name)
    .sort();
  const inner = entries
    .filter((one) => one.isDirectory())
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return [
    ...(files.length === 0 ? [] : [{ folder, files }]),
    ...inner.flatMap(({ name }) => foldersOf(join(folder, name))),
  ];
}

type Case = readonly [files: readonly string[], isBad: boolean];

function checkovCases(folder: string, counted: number | null): Case[] {
  const files = names(folder).filter((name) => MANIFEST.test(name) && !name.includes("UNKNOWN"));
  const unnamed = files.filter((file) => !/PASS|FAIL/.test(file));
  const failing = files.filter((file) => file.includes("FAIL")).length;
  const failed = counted ?? failing;
  const areOthers = failing > failed || (failing + unnamed.length === 0 && failed > 0);
  const named = files.filter((file) => /PASS|FAIL/.test(file));
  const cases: Case[] = areOthers
    ? [[files, failed > 0]]
    : [...named.map((file): Case => [[file], file.includes("FAIL")]), [unnamed, failed > failing]];
  return cases.filter(([of]) => of.length > 0 && (counted !== null || of !== unnamed));
}

/** KICS: files that are positive or negative, and more of the former in folders with several queries. */
function kics(): Labelled[] {
  return ["k8s", "dockerCompose"].flatMap((part) =>
    names(join(HARDENING, "kics", part)).flatMap((query) => {
      const folder = join(HARDENING, "kics", part, query, "test");
      return names(folder)
        .filter((file) => /^(?:positive|negative)\d*\.(?:ya?ml|json)$/.test(file))
        .map((file) => ({
          id: query,
          name: `${query}/${file}`,
          files: [join(folder, file)],
          isBad: file.startsWith("positive"),
        }));
    }),
  );
}

/** Regolibrary: folders of input, bad where an answer is expected. */
function regolibrary(): Labelled[] {
  const rules = join(HARDENING, "regolibrary/rules");
  return names(rules).flatMap((rule) =>
    names(join(rules, rule, "test")).flatMap((test) => {
      const folder = join(rules, rule, "test", test);
      const files = names(join(folder, "input")).filter((name) => MANIFEST.test(name));
      if (!existsSync(join(folder, "expected.json")) || files.length === 0) return [];
      const expected: unknown = JSON.parse(readFileSync(join(folder, "expected.json"), "utf8"));
      return {
        id: rule,
        name: `${rule}/${test}`,
        files: files.map((name) => join(folder, "input", name)),
        isBad: Array.isArray(expected) && expected.length > 0,
        ...settingsIn(folder),
      };
    }),
  );
}

/** Lists of registries that go with a case; other settings have no counterpart of ours. */
function settingsIn(folder: string): Pick<Labelled, "settings"> {
  const path = join(folder, "data.json");
  if (!existsSync(path)) return {};
  const { postureControlInputs: said = {} } = JSON.parse(readFileSync(path, "utf8")) as {
    postureControlInputs?: Readonly<Record<string, readonly string[]>>;
  };
  const allowed = said["imageRepositoryAllowList"] ?? null;
  const denied = [...(said["untrustedRegistries"] ?? []), ...(said["publicRegistries"] ?? [])];
  const immutable = said["imageDigestExemptRepositories"] ?? [];
  const isSaid = (allowed ?? []).length + denied.length + immutable.length > 0;
  return isSaid ? { settings: { registries: { allowed, denied, immutable } } } : {};
}

/** The sets, by the name under which they are mapped. */
export const LABELLED: Readonly<Record<string, () => readonly Labelled[]>> = {
  polaris: () => byFile("polaris"),
  trivy: () => byFile("trivy-checks").filter(({ id }) => !id.startsWith("DS")),
  checkov,
  kics,
  regolibrary,
};
