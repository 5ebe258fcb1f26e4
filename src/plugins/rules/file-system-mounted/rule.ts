import { BY_RUNTIME, type ExampleEvent, type WatchRule } from "../../../stages/watch/contract.ts";

const MOUNTED: ExampleEvent = {
  type: "mount",
  parameters: { dir: "/mnt", flags: 0 },
  result: 0,
  process: { name: "mount" },
};

export const fileSystemMounted: WatchRule = {
  id: "file-system-mounted",
  title: "A container mounts a file system",
  priority: "Warning",
  techniques: ["T1611"],
  condition: `evt.type = mount and container.id != host and evt.rawres = 0 and not ${BY_RUNTIME.condition}`,
  why: "A privileged container that mounts the disk of its host has all of the host's files.",
  response: "Look at what was mounted and where; take CAP_SYS_ADMIN from the container.",
  quietCases:
    "A runtime that sets the container up is left out, because it was begun on the host; storage drivers (CSI) and builders of images in containers are to be excepted.",
  fires: [MOUNTED, ...BY_RUNTIME.others.map((process) => ({ ...MOUNTED, process }))],
  quiet: [
    { ...MOUNTED, isOnHost: true },
    ...BY_RUNTIME.those.map((process) => ({ ...MOUNTED, process })),
  ],
};
