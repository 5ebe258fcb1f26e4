import { BY_RUNTIME, type ExampleEvent, type WatchRule } from "../../../stages/watch/contract.ts";

const MADE: ExampleEvent = {
  type: "unshare",
  parameters: { flags: 268435456 },
  result: 0,
  process: { name: "exploit" },
};

export const userNamespaceMade: WatchRule = {
  id: "user-namespace-made",
  title: "A container makes a user namespace",
  priority: "Notice",
  techniques: ["T1611", "T1068"],
  condition: `evt.type = unshare and container.id != host and evt.rawres = 0 and evt.arg.flags contains CLONE_NEWUSER and not proc.name in (bwrap, buildkitd, buildah, podman, chrome, chromium, firefox, unshare-init) and not ${BY_RUNTIME.condition}`,
  why: "In a user namespace of its own a process has all capabilities, and with them reaches parts of the kernel in which most of its holes were.",
  response:
    "Leave the default seccomp profile on, which refuses it, or set user.max_user_namespaces to 0.",
  quietCases:
    "Browsers, bubblewrap and builders of images are left out by their names, and a runtime that sets the container up because it was begun on the host.",
  fires: [MADE, ...BY_RUNTIME.others.map((process) => ({ ...MADE, process }))],
  quiet: [
    { ...MADE, parameters: { flags: 131072 }, process: { name: "sh" } },
    { ...MADE, process: { name: "bwrap" } },
    ...BY_RUNTIME.those.map((process) => ({ ...MADE, process })),
  ],
};
