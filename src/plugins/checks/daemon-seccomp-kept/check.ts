import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const daemonSeccompKept: Check = {
  id: "daemon-seccomp-kept",
  title: "the Docker daemon filters the system calls of containers",
  severity: "high",
  why: "without the filter a container reaches the whole kernel, where flaws for an escape are found every year",
  fix: "take seccomp-profile: unconfined out of daemon.json; on a kernel without seccomp, use another",
  controls: controls({ "cis-docker-1.6": ["2.17"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({ "seccomp-profile": "unconfined" }),
      dockerHost({}, { info: { SecurityOptions: ["name=apparmor"] } }),
    ],
    good: [
      dockerHost({}),
      dockerHost({}, { info: { SecurityOptions: ["name=seccomp,profile=default"] } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        const { security, at, name } = daemon;
        if (security !== null && !security.some((word) => word.startsWith("name=seccomp")))
          said.fault(at, `${name}: it has no filter of system calls at all`);
        else if (security?.includes("name=seccomp,profile=unconfined") === true)
          said.fault(at, `${name}: its default filter of system calls is none (unconfined)`);
        else
          said.option(daemon, "seccomp-profile", (value) =>
            value === "unconfined"
              ? "its default filter of system calls is none (unconfined)"
              : null,
          );
      }),
    },
  ],
};
