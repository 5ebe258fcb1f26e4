// `bulwark admit install|uninstall`: the objects of the webhook, to be looked at and handed to kubectl.
import { basename } from "node:path";
import {
  admissionManifests,
  type InstallFacts,
  type Manifest,
  OWN_KINDS,
} from "../formats/admission-manifests.ts";
import { parseLabelSelector } from "../formats/label-selector.ts";
import { yamlText } from "../formats/yaml-text.ts";
import { readNamed, readOptional } from "../io/named-file.ts";
import { AppError } from "../kit/error.ts";
import type { AdmissionMode } from "./answer-review.ts";

export interface InstallRequest
  extends Pick<
    InstallFacts,
    | "name"
    | "namespace"
    | "replicas"
    | "excluded"
    | "mutates"
    | "policyReports"
    | "registrySecret"
    | "evidenceClaim"
  > {
  /** Of this program. */
  readonly image: string;
  readonly mode: AdmissionMode;
  /** A pack, or a file, which goes along. */
  readonly policy: string | null;
  /** Files that go along beside the policy: trust, keys, exceptions. */
  readonly files: readonly string[];
  /** What happens when nobody answers; null for open, unless the mode is enforce. */
  readonly fail: "open" | "closed" | null;
  readonly namespaceSelector: string | null;
  readonly objectSelector: string | null;
  /** `--trust`, `--exceptions`, `--offline`: by the names of files that go along. */
  readonly args: readonly string[];
}

/** Of all files together; a ConfigMap holds 1 MiB. */
const BYTES_MAX = 900_000;

/**
 * The manifests as YAML.
 *
 * @throws {AppError} `usage` for a selector or a name that is none, `not-found`, `unreadable`, `limit-exceeded`.
 */
export async function installManifests(request: InstallRequest): Promise<string> {
  return yamlText(await installObjects(request));
}

/** The same as objects, in the order in which they are to be made. */
export async function installObjects(request: InstallRequest): Promise<Manifest[]> {
  const { policy, files, fail: _, mode, ...same } = request;
  const { name, namespace, evidenceClaim } = request;
  for (const one of [name, namespace]) demandName(one);
  if (evidenceClaim !== null) demandName(evidenceClaim);
  const given = new Map<string, string>();
  const own = policy === null ? null : await readOptional(policy);
  const named = await Promise.all(files.map((path) => readNamed("file", path)));
  let size = 0;
  for (const { path, bytes } of own === null ? named : [own, ...named]) {
    const file = basename(path);
    size += bytes.length;
    if (given.has(file))
      throw new AppError("usage", `cannot install two files ${JSON.stringify(file)}`);
    given.set(file, bytes.toString("utf8"));
  }
  if (size > BYTES_MAX)
    throw new AppError("limit-exceeded", `cannot install more than ${BYTES_MAX} bytes of files`);
  return admissionManifests({
    ...same,
    mode,
    policy: own === null || policy === null ? policy : basename(policy),
    files: given,
    failurePolicy: failurePolicyOf(request),
    namespaceSelector: parseLabelSelector(request.namespaceSelector ?? ""),
    objectSelector: parseLabelSelector(request.objectSelector ?? ""),
  });
}

function failurePolicyOf({ fail, mode }: InstallRequest): "Fail" | "Ignore" {
  const usual = mode === "enforce" ? "closed" : "open";
  return (fail ?? usual) === "closed" ? "Fail" : "Ignore";
}

/** Commands that remove everything that `install` prints, whatever it was told, in the right order. */
export function uninstallCommands({
  name,
  namespace,
}: Pick<InstallRequest, "name" | "namespace">): string {
  for (const one of [name, namespace]) demandName(one);
  const lines = OWN_KINDS.map(({ kind, isInNamespace }) => {
    const where = isInNamespace ? ` --namespace ${namespace}` : "";
    return `kubectl delete --ignore-not-found${where} ${kind.toLowerCase()} ${name}`;
  });
  // A cluster that does not know the kind has none of them.
  const reports = `kubectl delete policyreports.wgpolicyk8s.io --all-namespaces --selector app.kubernetes.io/instance=${name} || true`;
  return `${lines.join("\n")}\n${reports}\nkubectl delete --ignore-not-found namespace ${namespace}\n`;
}

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names */
export function demandName(name: string): void {
  if (/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name)) return;
  throw new AppError(
    "usage",
    `cannot use name ${JSON.stringify(name.slice(0, 80))}: it is no name of Kubernetes`,
    {
      hint: "lower-case letters, digits and -, 63 at most",
    },
  );
}
