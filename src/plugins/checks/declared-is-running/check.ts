import type { Check } from "../../../stages/check/contract.ts";
import { pairing } from "../shared/pairing-examples.ts";
import { Said } from "../shared/said.ts";

export const declaredIsRunning: Check = {
  id: "declared-is-running",
  title: "what is declared runs",
  severity: "low",
  why: "a guard, a proxy or a collector of logs that does not run guards nothing, and whoever reads the file believes that it does",
  fix: "start it, or remove it from the file",
  controls: [],
  needs: [],
  state: "trial",
  appliesTo: "pairing",
  examples: {
    bad: [pairing({ image: "registry.example/app:1.2" }, [])],
    good: [pairing({ image: "registry.example/app:1.2" }, [{}])],
  },
  versions: [
    {
      from: 0,
      run: ({ declared, instances, gaps }) => {
        if (declared === null) return "not-applicable";
        const said = new Said();
        if (instances.length === 0 && gaps.length === 0)
          said.fault(declared.at, "it is declared and does not run");
        return said.all;
      },
    },
  ],
};
