import { BY_PACKAGE_MANAGER, type WatchRule } from "../../../stages/watch/contract.ts";

export const setuidGiven: WatchRule = {
  id: "setuid-given",
  title: "A file is given the rights of its owner in a container",
  priority: "Warning",
  techniques: ["T1548.001"],
  condition: `evt.type in (chmod, fchmod, fchmodat) and container.id != host and evt.rawres = 0 and evt.arg.mode contains S_ISUID and not ${BY_PACKAGE_MANAGER}`,
  why: "A setuid program of root is a way back to root for any user of the container.",
  response:
    "Look at the file, and start the container anew with no-new-privileges, which takes the bit its power.",
  quietCases: "Package managers of the image and scripts of packages that they run are left out.",
  fires: [
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "chmod",
      },
    },
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "dpkg",
        exePath: "/tmp/dpkg",
      },
    },
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "dpkg",
        exePath: "/usr/bin/dpkg",
        isInVolume: true,
      },
    },
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "tool.postinst",
        exePath: "/usr/bin/dash",
        arguments: ["/var/lib/dpkg/info/tool.postinst", "configure"],
        isInVolume: true,
        parentPath: "/usr/bin/dpkg",
      },
    },
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "sh",
        exePath: "/usr/bin/dash",
        arguments: ["-c", "chmod u+s /tmp/sh"],
        parentPath: "/usr/bin/rpm",
      },
    },
  ],
  quiet: [
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 493,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "chmod",
      },
    },
    {
      type: "fchmodat",
      parameters: {
        filename: "/usr/bin/su",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "dpkg",
        exePath: "/usr/bin/dpkg",
      },
    },
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "tool.postinst",
        exePath: "/usr/bin/dash",
        arguments: ["-e", "/var/lib/dpkg/info/tool.postinst", "configure"],
        parentPath: "/usr/bin/dpkg",
      },
    },
    {
      type: "fchmodat",
      parameters: {
        filename: "/tmp/sh",
        mode: 2541,
        dirfd: -100,
      },
      result: 0,
      process: {
        name: "sh",
        exePath: "/usr/bin/bash",
        arguments: ["/var/tmp/rpm-tmp.a1B2c3", "1"],
        parentPath: "/usr/bin/rpm",
      },
    },
  ],
};
