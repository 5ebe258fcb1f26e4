import type { ImageBuild } from "../../../model/image-build.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building, dockerfile } from "../shared/build-examples.ts";
import { BuildSaid, chainOf, commandsOf } from "../shared/build-said.ts";
import { packageCommand } from "../shared/package-commands.ts";
import { controls } from "../shared/said.ts";

export const noAttackTools: CheckOf<ImageBuild> = {
  id: "no-attack-tools",
  title: "an image has no tools that help whoever breaks in",
  severity: "low",
  why: "with a compiler, a scanner or netcat at hand, one hole in a program becomes a way into the network",
  fix: "install them in a stage that is left behind, or remove them in the same RUN",
  controls: controls({ "cis-docker-1.6": ["4.3"], attack: ["T1105"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN apt-get update && apt-get install -y nmap=7.93"),
      building("RUN apk add --no-cache netcat-openbsd=1.226 tcpdump"),
      building("RUN dnf install -y gcc-13.2"),
    ],
    good: [
      building("RUN apt-get update && apt-get install -y ca-certificates=20230311"),
      building("RUN apk add --no-cache gcc && make install && apk del gcc"),
      dockerfile(
        "FROM debian:12.5 AS build",
        "RUN apt-get update && apt-get install -y gcc",
        "FROM debian:12.5",
        "COPY --from=build /app /app",
        "USER 10001",
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: (build) => {
        const said = new BuildSaid(build);
        const kept = new Set(chainOf(build));
        for (const { stage, command, all } of commandsOf(build, said)) {
          if (!kept.has(stage)) continue;
          const removed = all.filter(({ words }) => words.some(({ value }) => REMOVES.test(value)));
          for (const word of packageCommand(command)?.packages ?? []) {
            const [name = ""] = word.value.split(/[=<>~]|-\d/, 1);
            const isRemoved = removed.some(({ words }) =>
              words.some(({ value }) => value === name || value === word.value),
            );
            if (TOOLS.test(name) && !isRemoved)
              said.fault(stage, word.at, `installs ${name}`, { value: word.value });
          }
        }
        return said.all;
      },
    },
  ],
};

const REMOVES = /^(?:del|remove|purge|autoremove|erase)$/;
/** What attackers look for first, and few programs need while they run. */
const TOOLS =
  /^(?:nmap|netcat|netcat-\w+|nc|ncat|socat|tcpdump|wireshark|tshark|hping3|telnet|gcc|g\+\+|clang|build-essential|build-base|gdb|strace|ltrace|proxychains\w*|hydra|john|masscan|aircrack-ng|metasploit\w*|sqlmap)$/;
