import type { Workload } from "../../../model/workload.ts";
import type { Statement } from "../../../stages/check/contract.ts";
import { removed } from "./repairs.ts";
import { Said } from "./said.ts";

/** Every way of showing more of /proc than containers see by default. */
export function procMountFaults({ containers }: Workload): readonly Statement[] {
  const said = new Said();
  for (const container of containers)
    said.of(
      container,
      container.security.procMount,
      (is) => (is === "Default" ? null : `has /proc mounted as ${is}`),
      removed,
    );
  return said.all;
}
