import type { WatchRule } from "../../../stages/watch/contract.ts";

export const loginKeyAdded: WatchRule = {
  id: "login-key-added",
  title: "A key that may log in is added",
  priority: "Critical",
  techniques: ["T1098.004"],
  condition:
    "evt.type in (open, openat, openat2, creat) and evt.is_open_write = true and fd.num >= 0 and fd.realpath endswith anyof (/.ssh/authorized_keys, /.ssh/authorized_keys2) and not proc.name in (ssh-copy-id, cloud-init, ansible, puppet, chef-client)",
  why: "Who adds a key comes back as the user whenever they want.",
  response: "Compare the file with the keys that you know, and look at who wrote it.",
  quietCases: "Tools that set machines up are left out by their names; your own is to be excepted.",
  fires: [
    {
      type: "openat",
      file: {
        name: "/root/.ssh/authorized_keys",
        realPath: "/root/.ssh/authorized_keys",
      },
      parameters: {
        flags: 577,
      },
    },
    {
      type: "openat",
      file: {
        name: "/tmp/k",
        realPath: "/srv/u/.ssh/authorized_keys",
      },
      parameters: {
        flags: 577,
      },
      isOnHost: true,
    },
  ],
  quiet: [
    {
      type: "openat",
      file: {
        name: "/root/.ssh/authorized_keys",
        realPath: "/root/.ssh/authorized_keys",
      },
      parameters: {
        flags: 0,
      },
    },
    {
      type: "openat",
      file: {
        name: "/root/.ssh/known_hosts",
        realPath: "/root/.ssh/known_hosts",
      },
      parameters: {
        flags: 577,
      },
    },
  ],
};
