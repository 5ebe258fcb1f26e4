import { firstOf } from "../../../kit/phrase.ts";
import type { Check, Statement } from "../../../stages/check/contract.ts";
import { pairing } from "../shared/pairing-examples.ts";
import { controls } from "../shared/said.ts";
import { type Difference, differencesOf } from "./differences.ts";

export const runsAsDeclared: Check = {
  id: "runs-as-declared",
  title: "what runs is set up as its file says",
  severity: "medium",
  why: "what was reviewed is not what runs: somebody changed it by hand, or the file was changed and never brought in, and the next deployment does away with whichever of both was meant",
  fix: "deploy it again from the file, or write into the file what ought to run",
  controls: controls({ attack: ["T1610"] }),
  needs: [],
  state: "trial",
  appliesTo: "pairing",
  aspects: {
    image: { severity: "high" },
    privileges: { severity: "high" },
    user: { severity: "high" },
    mounts: { severity: "high" },
    ports: {},
    environment: {},
    limits: { severity: "low" },
    command: {},
    containers: { severity: "high" },
    injected: { severity: "low" },
  },
  examples: {
    bad: [
      pairing({ image: "registry.example/app:1.2" }, [{ HostConfig: { Privileged: true } }]),
      pairing({ image: "registry.example/app:1.3" }, [{}]),
      pairing({ image: "registry.example/app:1.2", mem_limit: "256m" }, [
        { HostConfig: { Memory: 536_870_912 } },
      ]),
    ],
    good: [
      pairing({ image: "registry.example/app:1.2" }, [{}]),
      pairing({ image: "registry.example/app:1.2", mem_limit: "512m", ports: ["8080:80"] }, [
        {
          HostConfig: {
            Memory: 536_870_912,
            PortBindings: { "80/tcp": [{ HostIp: "", HostPort: "8080" }] },
          },
        },
      ]),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ declared, instances }) => {
        if (declared === null || instances.length === 0) return "not-applicable";
        const said = new Map<string, Told>();
        for (const instance of instances)
          for (const difference of differencesOf(declared, instance)) {
            const key = JSON.stringify(difference);
            const told = said.get(key) ?? { difference, names: [] };
            told.names.push(instance.name);
            said.set(key, told);
          }
        return [...said.values()].map(statementOf);
      },
    },
  ],
};

interface Told {
  readonly difference: Difference;
  readonly names: string[];
}

function statementOf({ difference, names }: Told): Statement {
  const { at, aspect } = difference;
  if (difference.kind === "untold")
    return { kind: "doubt", at, container: null, why: difference.why, aspect };
  const { container, state, value } = difference;
  const told = `${state} (${firstOf(names, 3)})`;
  return {
    kind: "fault",
    at,
    container,
    state: told,
    aspect,
    ...(value === undefined ? {} : { value }),
  };
}
