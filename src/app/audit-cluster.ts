// `bulwark audit cluster`: whether a cluster's own programs are set up as they ought to be, and what is in it.
import { basename, dirname } from "node:path";
import {
  distributionOf,
  missingComponents,
  missingEncryption,
  missingNodeFiles,
} from "../formats/workload/missing-components.ts";
import type { ClusterChoice } from "../io/kubernetes/kubeconfig.ts";
import { unknown } from "../kit/fact.ts";
import {
  CLUSTER_AUDIT_SCHEMA,
  type ClusterAudit,
  type ClusterSummary,
  type ComponentSummary,
} from "../model/cluster-audit.ts";
import type { ClusterObject } from "../model/cluster-object.ts";
import type { Component } from "../model/component.ts";
import type { NodeFiles } from "../model/node-files.ts";
import type { Threshold } from "../model/severity.ts";
import { checks } from "../plugins/checks/index.ts";
import { answersTo } from "../stages/check/framework.ts";
import { MINOR_VERSION_MAX } from "../stages/check/packs.ts";
import { readied } from "../stages/check/run.ts";
import { exitCodeOf } from "../stages/decide/decide.ts";
import { thresholdQuestion } from "../stages/decide/findings-clause.ts";
import { concluded, namedStandard } from "./check.ts";
import { type ClusterPackagesRequest, scannedCluster } from "./cluster-packages.ts";
import { readDecisions } from "./decisions.ts";
import { checkedSubjects } from "./examine-configuration.ts";
import type { ReadSubject } from "./file-kind.ts";
import type { Compared, Declaration } from "./pair-containers.ts";
import { LiveReading } from "./pair-objects.ts";
import { type ReadFile, readSubjects } from "./read-subjects.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ClusterAuditRequest extends Declaration {
  /** A folder of what a cluster told; null to ask the cluster itself. */
  readonly from: string | null;
  readonly choice: ClusterChoice;
  /** Report by the requirements of this standard, and ask only what answers to it. */
  readonly framework: string | null;
  readonly threshold: Threshold | null;
  readonly exceptions: string | null;
  /** Where the advisory store is; null for the usual place. */
  readonly db: string | null;
}

/**
 * Audits a cluster.
 *
 * @throws {AppError} `usage` for a framework that there is not, `not-found` for the folder, `config-invalid` for exceptions,
 *   `store-missing`, `store-invalid` for the advisory data, `cluster-failed` when the cluster cannot be reached at all. What it does
 *   not tell is a problem.
 */
export async function auditCluster(
  {
    from,
    choice,
    framework,
    threshold,
    exceptions: decided,
    db,
    ...declaration
  }: ClusterAuditRequest,
  surroundings: Surroundings,
): Promise<ClusterAudit> {
  const standard = framework === null ? null : namedStandard(framework);
  const wanted = checks.filter((check) => standard === null || answersTo(check, standard));
  const ready = wanted.map((check) => readied(check, MINOR_VERSION_MAX));
  const { exceptions } = await readDecisions({ exceptions: decided, vex: [] });
  const told = from === null ? await live(choice, surroundings) : saved(from, surroundings);
  const seen = new Seen();
  const compare = (): Promise<Compared> => seen.live.compared(declaration, ready, surroundings);
  const checked = await checkedSubjects(seen.completed(told.files), ready, told.name, compare);
  const question = threshold === null ? null : thresholdQuestion(threshold);
  const asked = { target: told.name, db, exceptions, question };
  const packages = await scannedCluster({ ...asked, ...seen.versions() }, surroundings);
  surroundings.progress(null);
  const result = concluded(checked, {
    targets: [told.name],
    policy: null,
    standard,
    question,
    exceptions,
    baseline: null,
  });
  return {
    ...result,
    schema: CLUSTER_AUDIT_SCHEMA,
    cluster: seen.summary(),
    packages,
    exitCode: exitCodeOf([result.exitCode, packages.exitCode]),
  };
}

interface Told {
  readonly name: string;
  readonly files: AsyncIterable<ReadFile>;
}

function saved(folder: string, surroundings: Surroundings): Told {
  return { name: folder, files: readSubjects([folder], surroundings) };
}

async function live(choice: ClusterChoice, surroundings: Surroundings): Promise<Told> {
  const { liveCluster } = await import("./live-cluster.ts");
  return liveCluster(choice, surroundings);
}

/** What passes by of nodes and components, so that in the end it is known what was not there. */
class Seen {
  readonly live = new LiveReading();
  readonly #nodes: ClusterObject[] = [];
  readonly #nodeFiles: NodeFiles[] = [];
  #release: string | null = null;
  #hasEncryption = false;
  readonly #components: { readonly path: string; readonly component: Component }[] = [];

  async *completed(files: AsyncIterable<ReadFile>): AsyncGenerator<ReadFile> {
    for await (const file of files) {
      this.live.add(file);
      const subjects = file.subjects.map(ofItsNode);
      for (const one of subjects) this.#see(one);
      yield { ...file, subjects };
    }
    const components = this.#components.map(({ component }) => component);
    const missing = missingComponents(components, this.#nodes);
    for (const component of missing) this.#components.push({ path: "", component });
    const all = this.#components.map(({ component }) => component);
    const unseen = [
      ...missing,
      ...missingNodeFiles(this.#nodeFiles, this.#nodes),
      ...(this.#hasEncryption ? [] : missingEncryption(all)),
    ];
    yield {
      subjects: unseen.map((subject) => ({ path: "", subject, places: () => new Map() })),
      problems: [],
    };
  }

  #see({ path, subject }: ReadSubject): void {
    if (subject.form === "component") this.#components.push({ path, component: subject });
    if (subject.form === "node") this.#nodeFiles.push(subject);
    if (subject.form !== "object") return;
    if (subject.node !== null) this.#nodes.push(subject);
    this.#release ??= subject.release;
    this.#hasEncryption ||= subject.encryption !== null;
  }

  versions(): Pick<ClusterPackagesRequest, "nodes" | "release"> {
    return { nodes: this.#nodes, release: this.#release };
  }

  summary(): ClusterSummary {
    return {
      version: this.#release,
      distribution: distributionOf(this.#nodes),
      nodes: this.#nodes.map(({ name, node }) => ({
        name,
        version: node?.version ?? "",
        runtime: node?.runtime ?? "",
      })),
      components: this.#components.map(({ path, component }) => standingOf(path, component)),
    };
  }
}

/**
 * A kubelet's configuration does not say whose it is: the folder that it lies in does. Its file says less than the kubelet itself
 * answers, because drop-in files and flags come after it.
 */
function ofItsNode(read: ReadSubject): ReadSubject {
  const { subject, path } = read;
  if (subject.form !== "component" || subject.component !== "kubelet" || subject.name !== "kubelet")
    return read;
  const folder = dirname(path);
  const name = basename(dirname(folder)) === "kubelet" ? basename(folder) : subject.name;
  const isFile = subject.at === "";
  const gaps = isFile ? [...subject.gaps, unknown("", FILE_ALONE)] : subject.gaps;
  return { ...read, subject: { ...subject, name, gaps } };
}

const FILE_ALONE =
  "drop-in files and flags may say otherwise than its file; what it answers at /configz tells";

function standingOf(
  path: string,
  { component, name, provider, gaps }: Component,
): ComponentSummary {
  const why = gaps[0]?.why ?? "seen";
  const standing = provider === null ? why : `${provider} runs it: nothing of it is asked`;
  return { component, name, path, standing };
}
