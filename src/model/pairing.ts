// What somebody asks for beside what runs of it, so that each difference between the two can be told.
import type { Fact } from "../kit/fact.ts";
import type { Checkable } from "./checkable.ts";
import type { Workload } from "./workload.ts";

/** A service or object that is declared, and everything that runs of it. Either side may be empty. */
export interface Pairing extends Checkable {
  readonly form: "pairing";
  /** null when nothing declares what runs. */
  readonly declared: Workload | null;
  /** Whether anybody said what is declared at all: otherwise nothing can be missing there. */
  readonly isDeclaredKnown: boolean;
  readonly instances: readonly Instance[];
}

/** One that runs. */
export interface Instance {
  /** As people find it again: `shop-web-1`. */
  readonly name: string;
  readonly workload: Workload;
  /** Whether the engine tells which capabilities it has, and not which were asked for. */
  readonly hasResolvedCapabilities?: boolean;
  /** By the names of its containers. */
  readonly images: ReadonlyMap<string, RunningImage>;
}

/** What an image is that something runs from, whatever its name means by now. */
export interface RunningImage {
  /** Digests by which registries have it; empty for what was built where it runs. */
  readonly digests: readonly string[];
  /** What tells it from other images on the same host; null where nobody tells. */
  readonly id: string | null;
  /** The id that its name has on the host now; absent when that was not looked at, or the name is gone. */
  readonly nameHas: Fact<string>;
  /** The digest that its tag has at the registry now; absent when nobody asked. */
  readonly registryHas: Fact<string>;
  /** What holds where a container says nothing itself; null where it is not known. */
  readonly settings: { readonly user: Fact<number>; readonly variables: readonly string[] } | null;
}
