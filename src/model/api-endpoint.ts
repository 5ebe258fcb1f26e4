// From where the API server of a cluster that a cloud runs can be reached, as the cloud describes it.
import type { Fact } from "../kit/fact.ts";
import type { Pointer } from "./workload.ts";

export interface ApiEndpoint {
  /** `EKS`, `GKE`, `AKS`. */
  readonly provider: string;
  /** Where it is said, or would be. */
  readonly at: Pointer;
  /** Whether it has an address on the internet; clouds give one unless told otherwise. */
  readonly isPublic: Fact<boolean>;
  /** Whether nodes reach it within their own network; absent where the cloud has no such choice. */
  readonly isPrivate: Fact<boolean>;
  /** Networks from which that is answered; absent for all. */
  readonly networks: Fact<readonly string[]>;
}
