import type { WatchRule } from "../../../stages/watch/contract.ts";

export const packageInstalled: WatchRule = {
  id: "package-installed",
  title: "Software is installed in a running container",
  priority: "Notice",
  techniques: ["T1072", "T1105"],
  condition:
    'evt.type in (execve, execveat) and container.id != host and ((proc.name in (apt, apt-get, apk, yum, dnf, microdnf, zypper) and proc.args contains anyof (install, add)) or (proc.name in (dpkg, rpm) and proc.args startswith anyof ("-i ", "--install ", "-U")))',
  why: "A container holds what it needs; tools are brought in by somebody who works in it by hand.",
  response: "Find who was in the container; what is really needed belongs into the image.",
  quietCases:
    "Builds of images that run in containers, and entry points that install at their start: build the image instead, or except them.",
  fires: [
    {
      type: "execve",
      process: {
        name: "apk",
        exePath: "/usr/bin/apk",
        arguments: ["add", "curl"],
      },
    },
    {
      type: "execve",
      process: {
        name: "dpkg",
        exePath: "/usr/bin/dpkg",
        arguments: ["-i", "x.deb"],
      },
    },
  ],
  quiet: [
    {
      type: "execve",
      process: {
        name: "apk",
        exePath: "/usr/bin/apk",
        arguments: ["info"],
      },
    },
    {
      type: "execve",
      process: {
        name: "apt-get",
        exePath: "/usr/bin/apt-get",
        arguments: ["install", "x"],
      },
      isOnHost: true,
    },
  ],
};
