import {
  BY_PACKAGE_MANAGER,
  type ExampleEvent,
  type WatchRule,
} from "../../../stages/watch/contract.ts";

const GIVEN: ExampleEvent = {
  type: "fchmodat",
  parameters: { filename: "/tmp/sh", mode: 2541, dirfd: -100 },
  result: 0,
  process: { name: "chmod" },
};

export const setuidGiven: WatchRule = {
  id: "setuid-given",
  title: "A file is given the rights of its owner in a container",
  priority: "Warning",
  techniques: ["T1548.001"],
  condition: `evt.type in (chmod, fchmod, fchmodat) and container.id != host and evt.rawres = 0 and evt.arg.mode contains S_ISUID and not ${BY_PACKAGE_MANAGER.condition}`,
  why: "A setuid program of root is a way back to root for any user of the container.",
  response:
    "Look at the file, and start the container anew with no-new-privileges, which takes the bit its power.",
  quietCases: "Package managers of the image and scripts of packages that they run are left out.",
  fires: [GIVEN, ...BY_PACKAGE_MANAGER.others.map((process) => ({ ...GIVEN, process }))],
  quiet: [
    { ...GIVEN, parameters: { filename: "/tmp/sh", mode: 493, dirfd: -100 } },
    ...BY_PACKAGE_MANAGER.those.map((process) => ({ ...GIVEN, process })),
  ],
};
