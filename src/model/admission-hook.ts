import type { Fact } from "../kit/fact.ts";
import type { Pointer } from "./workload.ts";

/** A program that the API server asks before it lets something in. */
export interface AdmissionHook {
  readonly at: Pointer;
  readonly name: string;
  /** Whether it may change what comes in, or only refuse it. */
  readonly role: "changes" | "judges";
  /** `Fail` or `Ignore`, with the default of its version. */
  readonly failurePolicy: Fact<string>;
  readonly rules: readonly AskedOf[];
  /** Where its own pods are; null for what is elsewhere. */
  readonly namespace: string | null;
  /** Selectors of the namespaces and of the objects that it is asked about, as they are written; null for all. */
  readonly namespaces: unknown;
  readonly objects: unknown;
  /** Whether expressions (CEL) say besides when it is asked. */
  readonly hasConditions: boolean;
  /** Namespaces that are left out by their names. */
  readonly exempt: readonly { readonly name: string; readonly at: Pointer }[];
}

/** What a webhook is asked about: `*` stands for all. */
export interface AskedOf {
  readonly groups: readonly string[];
  /** Perhaps with subresources. */
  readonly resources: readonly string[];
  /** `CREATE`, `UPDATE`, `CONNECT`. */
  readonly operations: readonly string[];
  /** `Cluster` for what is in no namespace only, `Namespaced` for all else only; `*` for both. */
  readonly scope: string;
}
