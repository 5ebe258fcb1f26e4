import type { WatchRule } from "../../../stages/watch/contract.ts";

export const fileSystemMounted: WatchRule = {
  id: "file-system-mounted",
  title: "A container mounts a file system",
  priority: "Warning",
  techniques: ["T1611"],
  condition:
    'evt.type = mount and container.id != host and evt.rawres = 0 and not proc.name in ("runc:[0:PARENT]", "runc:[1:CHILD]", "runc:[2:INIT]", runc, crun, youki, conmon)',
  why: "A privileged container that mounts the disk of its host has all of the host's files.",
  response: "Look at what was mounted and where; take CAP_SYS_ADMIN from the container.",
  quietCases:
    "Runtimes are left out; storage drivers (CSI) and builders of images in containers are to be excepted.",
  fires: [
    {
      type: "mount",
      parameters: {
        dir: "/mnt",
        flags: 0,
      },
      result: 0,
      process: {
        name: "mount",
      },
    },
  ],
  quiet: [
    {
      type: "mount",
      parameters: {
        dir: "/proc",
        flags: 0,
      },
      result: 0,
      process: {
        name: "runc:[2:INIT]",
      },
    },
    {
      type: "mount",
      parameters: {
        dir: "/mnt",
        flags: 0,
      },
      result: 0,
      isOnHost: true,
    },
  ],
};
