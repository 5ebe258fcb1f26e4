import { firstOf } from "../../../kit/phrase.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { pairing } from "../shared/pairing-examples.ts";
import { controls, Said } from "../shared/said.ts";

export const runningIsDeclared: Check = {
  id: "running-is-declared",
  title: "what runs is declared",
  severity: "medium",
  why: "a container that no file asks for was reviewed by nobody: a leftover that nobody mends, or somebody else's",
  fix: "find out who started it; stop it, or declare it",
  controls: controls({ attack: ["T1610"] }),
  needs: [],
  state: "trial",
  appliesTo: "pairing",
  examples: {
    bad: [pairing(null, [{}])],
    good: [pairing({ image: "registry.example/app:1.2" }, [{}])],
  },
  versions: [
    {
      from: 0,
      run: ({ declared, isDeclaredKnown, instances }) => {
        const [first] = instances;
        if (!isDeclaredKnown || first === undefined) return "not-applicable";
        const said = new Said();
        const names = instances.map(({ name }) => name);
        if (declared === null)
          said.fault(first.workload.at, `it runs and is declared nowhere (${firstOf(names, 3)})`);
        return said.all;
      },
    },
  ],
};
