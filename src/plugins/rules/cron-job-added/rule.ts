import { BY_PACKAGE_MANAGER, type WatchRule } from "../../../stages/watch/contract.ts";

export const cronJobAdded: WatchRule = {
  id: "cron-job-added",
  title: "A job that starts by itself is added in a container",
  priority: "Warning",
  techniques: ["T1053.003"],
  condition: `evt.type in (open, openat, openat2, creat) and evt.is_open_write = true and fd.num >= 0 and container.id != host and fd.realpath startswith anyof (/etc/cron, /var/spool/cron/) and not ${BY_PACKAGE_MANAGER}`,
  why: "A cron job brings an intruder back after the process that let them in has ended.",
  response: "Look at the job, and start the container anew from its image.",
  quietCases:
    "Package managers and scripts of packages are left out, by their programs. Entry points that write the crontab of a container made for it: write it when the image is built.",
  fires: [
    {
      type: "openat",
      file: {
        name: "/etc/cron.d/update",
        realPath: "/etc/cron.d/update",
      },
      parameters: {
        flags: 577,
      },
    },
    {
      type: "openat",
      file: {
        name: "/tmp/x",
        realPath: "/var/spool/cron/crontabs/root",
      },
      parameters: {
        flags: 577,
      },
    },
    {
      type: "openat",
      file: {
        name: "/etc/cron.d/update",
        realPath: "/etc/cron.d/update",
      },
      parameters: {
        flags: 577,
      },
      process: {
        name: "dpkg",
        exePath: "/tmp/dpkg",
      },
    },
  ],
  quiet: [
    {
      type: "openat",
      file: {
        name: "/etc/cron.d/update",
        realPath: "/etc/cron.d/update",
      },
      parameters: {
        flags: 0,
      },
    },
    {
      type: "openat",
      file: {
        name: "/etc/cron.d/update",
        realPath: "/etc/cron.d/update",
      },
      parameters: {
        flags: 577,
      },
      process: {
        name: "dpkg",
        exePath: "/usr/bin/dpkg",
      },
    },
    {
      type: "openat",
      file: {
        name: "/etc/cron.d/update",
        realPath: "/etc/cron.d/update",
      },
      parameters: {
        flags: 577,
      },
      process: {
        name: "tool.postinst",
        exePath: "/usr/bin/dash",
        parentPath: "/usr/bin/dpkg",
      },
    },
  ],
};
