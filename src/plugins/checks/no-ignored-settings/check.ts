import type { Check } from "../../../stages/check/contract.ts";
import { controls, Said } from "../shared/said.ts";

export const noIgnoredSettings: Check = {
  id: "no-ignored-settings",
  title: "a stack sets nothing that a swarm leaves out",
  severity: "medium",
  why: "a setting that protects stands in the file and everybody believes in it, but docker stack deploy does without it",
  fix: "use the word below deploy that a swarm knows, or set it on the daemon; remove what has no effect",
  controls: controls({ attack: ["T1611"] }),
  aspects: { protecting: { severity: "high" }, other: { severity: "low" } },
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      {
        format: "compose",
        document: {
          services: {
            app: {
              image: "app:1.2",
              security_opt: ["no-new-privileges:true"],
              deploy: { placement: { constraints: ["node.role==worker"] } },
            },
          },
        },
      },
      {
        format: "compose",
        document: {
          services: { app: { image: "app:1.2", mem_limit: "1g", deploy: { mode: "global" } } },
        },
      },
      {
        format: "compose",
        document: {
          services: {
            app: { image: "app:1.2", container_name: "app", deploy: { mode: "global" } },
          },
        },
      },
    ],
    good: [
      {
        format: "compose",
        document: {
          services: {
            app: {
              image: "app:1.2",
              deploy: { mode: "global", resources: { limits: { memory: "1g" } } },
            },
          },
        },
      },
      {
        format: "compose",
        document: {
          services: { app: { image: "app:1.2", security_opt: ["no-new-privileges:true"] } },
        },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ ignored }) => {
        const said = new Said();
        for (const setting of ignored)
          said.of(null, setting, (name) => {
            const aspect = PROTECTING.has(name) ? "protecting" : "other";
            return { state: `sets ${name}, which a swarm leaves out`, aspect };
          });
        return said.all;
      },
    },
  ],
};

const PROTECTING: ReadonlySet<string> = new Set([
  "cgroup",
  "cgroup_parent",
  "cpus",
  "mem_limit",
  "pids_limit",
  "security_opt",
  "userns_mode",
]);
