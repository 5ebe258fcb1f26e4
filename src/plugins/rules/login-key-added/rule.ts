import { BY_ENGINE, type ExampleEvent, type WatchRule } from "../../../stages/watch/contract.ts";

const WRITTEN: ExampleEvent = {
  type: "openat",
  file: { name: "/root/.ssh/authorized_keys", realPath: "/root/.ssh/authorized_keys" },
  parameters: { flags: 577 },
};

export const loginKeyAdded: WatchRule = {
  id: "login-key-added",
  title: "A key that may log in is added",
  priority: "Critical",
  techniques: ["T1098.004"],
  condition: `evt.type in (open, openat, openat2, creat) and evt.is_open_write = true and fd.num >= 0 and fd.realpath endswith anyof (/.ssh/authorized_keys, /.ssh/authorized_keys2) and not proc.name in (ssh-copy-id, cloud-init, ansible, puppet, chef-client) and not ${BY_ENGINE.condition}`,
  why: "Who adds a key comes back as the user whenever they want.",
  response: "Compare the file with the keys that you know, and look at who wrote it.",
  quietCases:
    "Tools that set machines up are left out by their names; your own is to be excepted. Engines that unpack an image or copy into a container are left out, by where their programs lie.",
  fires: [
    WRITTEN,
    {
      ...WRITTEN,
      file: { name: "/tmp/k", realPath: "/srv/u/.ssh/authorized_keys" },
      isOnHost: true,
    },
    ...BY_ENGINE.others.map((process) => ({ ...WRITTEN, isOnHost: true, process })),
  ],
  quiet: [
    { ...WRITTEN, parameters: { flags: 0 } },
    { ...WRITTEN, file: { name: "/root/.ssh/known_hosts", realPath: "/root/.ssh/known_hosts" } },
    ...BY_ENGINE.those.map((process) => ({ ...WRITTEN, isOnHost: true, process })),
  ],
};
