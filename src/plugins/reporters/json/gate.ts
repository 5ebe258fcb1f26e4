// For programs: the policy's answer itself.
import type { GateReporter } from "../../../stages/report/contract.ts";

export const jsonGate: GateReporter = {
  id: "json",
  title: "the whole answer, for programs",
  needs: [],
  state: "trial",
  mediaType: "application/json",
  report: (gate) => `${JSON.stringify(gate, null, 2)}\n`,
};
