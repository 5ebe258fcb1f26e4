import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost, file } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";
import { FILES, sayFile } from "./files.ts";

export const engineFilesOwned: Check = {
  id: "engine-files-owned",
  title: "the files of engines belong to root, and only root may write them",
  severity: "medium",
  why: "whoever may write the unit, the configuration or the certificates of a daemon that runs as root is root at its next start",
  fix: "give the file to root with chown, and take permissions away with chmod",
  controls: [],
  aspects: Object.fromEntries(
    FILES.flatMap(({ what, owner, mode }) => [
      [`${what}-owner`, { controls: controls({ "cis-docker-1.6": [owner] }) }],
      [`${what}-mode`, { controls: controls({ "cis-docker-1.6": [mode] }) }],
    ]),
  ),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({}, { files: { "/etc/docker/daemon.json": file("{}", { mode: 0o666 }) } }),
      dockerHost({}, { files: { "/etc/default/docker": file("", { uid: 1000 }) } }),
      dockerHost(
        { tlskey: "/etc/docker/key.pem" },
        { files: { "/etc/docker/key.pem": file("", { mode: 0o440 }) } },
      ),
    ],
    good: [
      dockerHost({}),
      dockerHost(
        { tlskey: "/etc/docker/key.pem" },
        { files: { "/etc/docker/key.pem": file("", { mode: 0o400 }) } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: (host) => {
        if (host.daemons.length === 0) return "not-applicable";
        const said = new HostSaid();
        for (const one of FILES) sayFile(host, one, said);
        return said.all;
      },
    },
  ],
};
