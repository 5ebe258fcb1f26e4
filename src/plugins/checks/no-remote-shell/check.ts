import type { Check } from "../../../stages/check/contract.ts";
import { podOf } from "../shared/examples.ts";
import { controls, Said } from "../shared/said.ts";

export const noRemoteShell: Check = {
  id: "no-remote-shell",
  title: "a container starts no SSH server, sudo or package manager",
  severity: "medium",
  why: "a second way in with its own keys, a way to become root, or programs from the network at every start",
  fix: "start the program itself; use exec of the platform to look inside, and install packages when the image is built",
  controls: controls({ "cis-docker-1.6": ["5.7"], attack: ["T1021.004", "T1548.003"] }),
  needs: [],
  state: "stable",
  appliesTo: "workload",
  examples: {
    bad: [
      podOf({ command: ["/usr/sbin/sshd", "-D"] }),
      podOf({ command: ["sh", "-c", "apt-get update && sudo app"] }),
      podOf({ ports: [{ containerPort: 22 }] }),
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", command: "sudo app" } } },
      },
    ],
    good: [
      podOf({ command: ["sh", "-c", "echo pseudo"] }),
      {
        format: "compose",
        document: { services: { app: { image: "app:1.2", command: ["app"] } } },
      },
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ containers }) => {
        const said = new Said();
        for (const container of containers) {
          const text = (word: string): string | null => {
            const found = BAD.exec(word)?.[1];
            return found === undefined ? null : `starts ${found}`;
          };
          for (const word of container.command) said.of(container, word, text);
          for (const port of container.ports)
            said.of(container, port, (is) =>
              is === 22 || is === 2222 ? `listens on port ${is} of SSH` : null,
            );
        }
        return said.all;
      },
    },
  ],
};

/** The program at the beginning of a command, or behind what separates commands in a shell. */
const BAD =
  /(?:^|[\s;&|(/])(sshd|sudo|su|apt-get install|apt-get update|apt install|apt update|yum install|dnf install|apk add|zypper install)(?=[\s;&|)]|$)/;
