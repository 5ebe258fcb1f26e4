// Capabilities that a container has by itself.
import { USUAL_CAPABILITIES } from "../../../model/capabilities.data.ts";
import type { ContainerSecurity } from "../../../model/workload.ts";

/** Those that are left after what is dropped. Runtimes read names in any case, with and without `CAP_`. */
export function keptCapabilities({ capabilitiesDropped }: ContainerSecurity): readonly string[] {
  const dropped = new Set(
    capabilitiesDropped.flatMap((fact) =>
      fact.state === "known" ? fact.value.toUpperCase().replace(/^CAP_/, "") : [],
    ),
  );
  return dropped.has("ALL") ? [] : USUAL_CAPABILITIES.filter((name) => !dropped.has(name));
}
