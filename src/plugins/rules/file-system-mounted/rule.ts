import { BY_RUNTIME, type WatchRule } from "../../../stages/watch/contract.ts";

export const fileSystemMounted: WatchRule = {
  id: "file-system-mounted",
  title: "A container mounts a file system",
  priority: "Warning",
  techniques: ["T1611"],
  condition: `evt.type = mount and container.id != host and evt.rawres = 0 and not ${BY_RUNTIME}`,
  why: "A privileged container that mounts the disk of its host has all of the host's files.",
  response: "Look at what was mounted and where; take CAP_SYS_ADMIN from the container.",
  quietCases:
    "A runtime that sets the container up is left out, because it was begun on the host; storage drivers (CSI) and builders of images in containers are to be excepted.",
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
    {
      type: "mount",
      parameters: {
        dir: "/mnt",
        flags: 0,
      },
      result: 0,
      process: {
        name: "runc:[2:INIT]",
        exePath: "/tmp/runc",
      },
    },
    {
      type: "mount",
      parameters: {
        dir: "/mnt",
        flags: 0,
      },
      result: 0,
      process: {
        name: "runc",
        exePath: "/data/runc",
        isInVolume: true,
      },
    },
    {
      type: "mount",
      parameters: {
        dir: "/mnt",
        flags: 0,
      },
      result: 0,
      process: {
        name: "runc",
        exePath: "memfd:runc_cloned:/proc/self/exe",
        isMemory: true,
        isInVolume: true,
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
        name: "exe",
        exePath: "/usr/sbin/runc",
        isOfHost: true,
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
