import type { Cluster } from "../../model/cluster.ts";
import type { ClusterObject } from "../../model/cluster-object.ts";
import type { Component } from "../../model/component.ts";
import type { Edit } from "../../model/edit.ts";
import type { Host } from "../../model/host.ts";
import type { HostStep } from "../../model/host-step.ts";
import type { ImageBuild } from "../../model/image-build.ts";
import type { NodeFiles } from "../../model/node-files.ts";
import type { Pairing } from "../../model/pairing.ts";
import type { Pipeline } from "../../model/pipeline.ts";
import type { Plugin } from "../../model/plugin.ts";
import type { Registries } from "../../model/policy.ts";
import type { Severity } from "../../model/severity.ts";
import type { Workload } from "../../model/workload.ts";
import type { standards } from "./standards.data.ts";

/** The normal forms that checks look at. To add one: a file in model/, and its reader in the list of `app/read-subjects.ts`. */
export type Subject =
  | Workload
  | ClusterObject
  | Cluster
  | Component
  | Pairing
  | Pipeline
  | ImageBuild
  | Host
  | NodeFiles;

/** A check of any of them. */
export type Check = {
  [F in Subject["form"]]: CheckOf<Extract<Subject, { form: F }>>;
}[Subject["form"]];

/**
 * Asserts one property of configuration: a predicate over a normal form, the same for a manifest, a Compose service and a
 * running container. What varies is data beside it: versions of a standard, and aspects with a severity of their own.
 *
 * A check looks only at what it is given. It never throws, whatever the facts are, and where a fact that matters is unknown it
 * says so with a {@link Doubt} instead of nothing.
 */
export interface CheckOf<S extends Subject> extends Plugin {
  readonly severity: Severity;
  /** Why somebody who attacks would care: one sentence. */
  readonly why: string;
  /** What to do, as an imperative sentence. */
  readonly fix: string;
  /** The requirements of standards that it answers, with their own numbers. */
  readonly controls: readonly Control[];
  readonly appliesTo: S["form"];
  /** Kinds of fault that have a severity or controls of their own, by the word in {@link Fault.aspect}. */
  readonly aspects?: Readonly<Record<string, Aspect>>;
  readonly examples: {
    readonly good: readonly [Example, ...Example[]];
    readonly bad: readonly [Example, ...Example[]];
  };
  /** In rising order, the first from 0; one is all that a check without a standard's versions has. */
  readonly versions: readonly [VersionedRun<S>, ...VersionedRun<S>[]];
}

/** A requirement in somebody's standard. */
export interface Control {
  readonly standard: Standard;
  /** As the standard writes it: `5.2.3`, `Host Namespaces`, `T1611`. */
  readonly id: string;
}

/** The words by which standards are named in options and reports. */
export type Standard = keyof typeof standards;

/** What a standard calls its requirements: one that it has not is refused by the compiler. */
export type RequirementOf<S extends Standard> = (typeof standards)[S]["requirements"][number][0];

export interface Aspect {
  readonly severity?: Severity;
  readonly controls?: readonly Control[];
}

/** A document that fails or passes: it is a test, a part of the page, and what people are shown. */
export interface Example {
  /** The document of a Dockerfile is its text, that of an image its configuration. */
  readonly format:
    | "kubernetes"
    /** A `List` of objects that are looked at together. */
    | "cluster"
    /** The pod of one of Kubernetes' own programs, or its configuration. */
    | "component"
    | "compose"
    | "engine"
    /** The text of a unit, as it lies in the folder of the system's own engine. */
    | "quadlet"
    | "github-workflow"
    | "github-action"
    | "gitlab-ci"
    | "dockerfile"
    | "image"
    /** Parts of what was seen of a host. */
    | "host"
    /** A service of a Compose file, and what an engine says of its containers. */
    | "pairing";
  readonly document: unknown;
  /** The minor version of Kubernetes for which it is one; the latest when absent. */
  readonly version?: number;
  /** The settings with which it is one; none when absent. */
  readonly settings?: CheckSettings;
}

/** What holds from a minor version of Kubernetes on (30 for v1.30). */
export interface VersionedRun<S extends Subject> {
  readonly from: number;
  readonly run: CheckRun<S>;
}

/** What only somebody's policy can say, and checks go by. */
export interface CheckSettings {
  /** null where nobody said where images may come from. */
  readonly registries: Registries | null;
}

/** `"not-applicable"` when the property has no meaning here; an empty list when it holds. */
export type CheckRun<S extends Subject = Workload> = (
  subject: S,
  settings: CheckSettings,
) => readonly Statement[] | "not-applicable";

export type Statement = Fault | Doubt | Inapplicable;

/** The property does not hold, at one place. */
export interface Fault {
  readonly kind: "fault";
  /** JSON pointer to the offending value, or to what lacks one. */
  readonly at: string;
  /** Name of the container, the job of a pipeline or the stage of a build; null when it is about the whole subject. */
  readonly container: string | null;
  /** What is so: `privileged is true`. */
  readonly state: string;
  /** The object that it is about, where many are looked at together. */
  readonly about?: Subject;
  /** The offending value as it is written; absent when something is missing. Never a secret. */
  readonly value?: string | number | boolean;
  readonly aspect?: string;
  /**
   * What makes the fault go away and keeps all else that matters, taken together: only where nobody has to be asked. Absent
   * when somebody has to decide, as where a program may depend on what is wrong.
   */
  readonly repair?: readonly Edit[];
  /** The same for what is no document: changes to a host. */
  readonly steps?: readonly HostStep[];
}

/** Whether the property holds cannot be told. */
export interface Doubt {
  readonly kind: "doubt";
  readonly at: string;
  readonly container: string | null;
  readonly about?: Subject;
  /** `hostPID is a text, not true or false`. */
  readonly why: string;
  /** Of which aspect it cannot be told; of all when absent. */
  readonly aspect?: string;
}

/** There is nothing here that one aspect of a check could be about, though there is for others. */
export interface Inapplicable {
  readonly kind: "inapplicable";
  readonly aspect: string;
}

/** What a check says of one subject. */
export interface CheckAnswer {
  readonly check: Check;
  /** Unknown is not a pass: something that matters cannot be told. A fault is one, whatever else is unknown. */
  readonly answer: "pass" | "fault" | "not-applicable" | "unknown";
  readonly faults: readonly Fault[];
  readonly doubts: readonly Doubt[];
  /** Aspects that nothing here can have. */
  readonly inapplicable: readonly string[];
}

/** A list of checks under one name. */
export interface Pack {
  readonly id: string;
  readonly title: string;
  /** Whether it differs by minor version of Kubernetes. */
  readonly versioned: boolean;
  readonly entries: readonly PackEntry[];
}

export interface PackEntry {
  /** The check's id. */
  readonly check: string;
  /** The minor version of Kubernetes from which on it belongs to the pack; all when absent. */
  readonly from?: number;
  /** The one from which on it no longer does. */
  readonly before?: number;
}
