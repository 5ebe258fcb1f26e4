import { optionOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost, file, host } from "../shared/host-examples.ts";
import { isRootless, ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

export const daemonWithoutRoot: Check = {
  id: "daemon-without-root",
  title: "root in a container is not root on the host",
  severity: "medium",
  why: "a way out of a container ends as root of the host where the numbers of users are the same on both sides",
  fix: "run the daemon without root, or set userns-remap to default; files of volumes have to change their owners then",
  controls: controls({ attack: ["T1611"] }),
  aspects: {
    rootful: { severity: "low", controls: controls({ "cis-docker-1.6": ["2.1"] }) },
    mapped: { controls: controls({ "cis-docker-1.6": ["2.9"] }) },
  },
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [dockerHost({}), dockerHost({ "userns-remap": "" })],
    good: [
      host(
        {
          "/etc/passwd": file("anna:x:1000:1000::/srv/anna:/bin/sh\n"),
          "/srv/anna/.config/docker/daemon.json": file("{}"),
        },
        { processes: [{ pid: 9, uid: 1000, args: ["dockerd"], root: "" }] },
      ),
      dockerHost({}, { info: { SecurityOptions: ["name=rootless"] } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said) => {
        if (isRootless(daemon)) return;
        const { name, at, security } = daemon;
        said.fault(at, `${name} runs as root`, { aspect: "rootful" });
        if (security?.includes("name=userns") === true) return;
        const remap = optionOf(daemon, "userns-remap");
        if (remap.state === "unknown" && security === null) said.doubt(remap, "mapped");
        else if (remap.state !== "known" || remap.value === "")
          said.fault(at, `${name}: root in its containers is root on the host (no userns-remap)`, {
            aspect: "mapped",
          });
      }),
    },
  ],
};
