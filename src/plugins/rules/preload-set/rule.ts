import { BY_ENGINE, type ExampleEvent, type WatchRule } from "../../../stages/watch/contract.ts";

const WRITTEN: ExampleEvent = {
  type: "openat",
  file: { name: "/etc/ld.so.preload", realPath: "/etc/ld.so.preload" },
  parameters: { flags: 577 },
};

export const preloadSet: WatchRule = {
  id: "preload-set",
  title: "A library is set to be loaded into every program",
  priority: "Critical",
  techniques: ["T1574.006"],
  condition: `((evt.type in (open, openat, openat2, creat) and evt.is_open_write = true and fd.num >= 0 and fd.realpath = /etc/ld.so.preload) or (evt.type in (rename, renameat, renameat2, link, linkat, symlink, symlinkat) and evt.abspath[dst] = /etc/ld.so.preload)) and not ${BY_ENGINE.condition}`,
  why: "What /etc/ld.so.preload names is loaded into each program that starts: the way of most rootkits in user space.",
  response:
    "Look at the library that it names from outside of the container, and start the container anew from its image.",
  quietCases:
    "Engines that unpack an image or copy into a container are left out, by where their programs lie. Some profilers and memory allocators are installed so: do it when the image is built.",
  fires: [
    WRITTEN,
    { ...WRITTEN, file: { name: "/tmp/link", realPath: "/etc/ld.so.preload" } },
    // No package sets it.
    { ...WRITTEN, process: { name: "dpkg", exePath: "/tmp/dpkg" } },
    { ...WRITTEN, process: { name: "dpkg", exePath: "/usr/bin/dpkg" } },
    ...BY_ENGINE.others.map((process) => ({ ...WRITTEN, isOnHost: true, process })),
  ],
  quiet: [
    { ...WRITTEN, parameters: { flags: 0 } },
    ...BY_ENGINE.those.map((process) => ({ ...WRITTEN, isOnHost: true, process })),
  ],
};
