import { wordOf } from "../../../formats/host/option-texts.ts";
import { contentOf, pointerToFile, pointerToLine } from "../../../formats/host/record-file.ts";
import { list } from "../../../kit/phrase.ts";
import { optionOf } from "../../../model/host.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { dockerHost, file } from "../shared/host-examples.ts";
import { ofDaemons } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const NAMES_MAX = 20;

export const dockerGroupTrusted: Check = {
  id: "docker-group-trusted",
  title: "nobody is in the group that may talk to the Docker daemon",
  severity: "high",
  why: "a member of the group starts a container with the host's files in it, and so is root without a password and without a trace",
  fix: "take people out of the group with gpasswd -d, and give them sudo or a daemon without root; what is meant to be so is an exception with an owner and an end",
  controls: controls({ "cis-docker-1.6": ["1.1.2"], attack: ["T1078"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      dockerHost({}, { files: { "/etc/group": file("root:x:0:\ndocker:x:100:anna,ben\n") } }),
      dockerHost({}, { files: { "/etc/passwd": file("carl:x:1000:100::/home/carl:/bin/sh\n") } }),
    ],
    good: [
      dockerHost({}),
      dockerHost(
        { group: "root" },
        { files: { "/etc/group": file("root:x:0:\ndocker:x:9:anna\n") } },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ofDaemons((daemon, said, { accounts, record }) => {
        if (accounts.rest !== null) said.doubt(accounts.rest);
        const option = optionOf(daemon, "group");
        const group = option.state === "known" ? wordOf(option.value) : "docker";
        const members = (accounts.members.get(group) ?? []).filter((name) => name !== "root");
        if (members.length === 0) return;
        const names = members.slice(0, NAMES_MAX);
        if (members.length > NAMES_MAX) names.push(`${members.length - NAMES_MAX} more`);
        const are = members.length === 1 ? "is" : "are";
        const text = contentOf(record, "/etc/group");
        const lines = text.state === "known" ? text.value.split("\n") : [];
        const line = lines.findIndex((one) => one.startsWith(`${group}:`));
        const at = line < 0 ? pointerToFile("/etc/group") : pointerToLine("/etc/group", line + 1);
        said.fault(at, `${list(names)} ${are} in group ${group}, which is as good as root`);
      }),
    },
  ],
};
