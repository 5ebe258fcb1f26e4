import type { Check } from "../../../stages/check/contract.ts";
import { controls, Said } from "../shared/said.ts";

export const engineRootless: Check = {
  id: "engine-rootless",
  title: "a unit is started by an engine that does not run as root of the host",
  severity: "medium",
  why: "where the engine is root, whoever gets out of a container is root of the host",
  fix: "move the unit to ~/.config/containers/systemd of a user of its own, or give the container users of its own: UserNS=auto",
  controls: controls({ "cis-docker-1.6": ["2.9"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [{ format: "quadlet", document: "[Container]\nImage=registry.example/app:1\n" }],
    good: [
      { format: "quadlet", document: "[Container]\nImage=registry.example/app:1\nUserNS=auto\n" },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ engine, host }) => {
        if (engine === undefined || engine.isRootful.state === "absent") return "not-applicable";
        const said = new Said();
        // Users of its own make root inside nobody outside.
        if (host.users.state === "known" && !host.users.value) return said.all;
        if (host.users.state === "unknown") said.of(null, host.users, () => null);
        else
          said.of(null, engine.isRootful, (isRootful) =>
            isRootful ? "is started by an engine that is root of the host" : null,
          );
        return said.all;
      },
    },
  ],
};
