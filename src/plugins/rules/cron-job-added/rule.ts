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
    "Package managers of the image and scripts of packages that they run are left out. Entry points that write the crontab of a container made for it: write it when the image is built.",
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
        isInVolume: true,
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
        arguments: ["/var/lib/dpkg/info/tool.postinst", "configure"],
        isInVolume: true,
        parentPath: "/usr/bin/dpkg",
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
        name: "sh",
        exePath: "/usr/bin/dash",
        arguments: ["-c", "chmod u+s /tmp/sh"],
        parentPath: "/usr/bin/rpm",
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
        arguments: ["-e", "/var/lib/dpkg/info/tool.postinst", "configure"],
        parentPath: "/usr/bin/dpkg",
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
        name: "sh",
        exePath: "/usr/bin/bash",
        arguments: ["/var/tmp/rpm-tmp.a1B2c3", "1"],
        parentPath: "/usr/bin/rpm",
      },
    },
  ],
};
