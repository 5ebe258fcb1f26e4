import {
  BY_PACKAGE_MANAGER,
  type ExampleEvent,
  type WatchRule,
} from "../../../stages/watch/contract.ts";

const WRITTEN: ExampleEvent = {
  type: "openat",
  file: { name: "/etc/cron.d/update", realPath: "/etc/cron.d/update" },
  parameters: { flags: 577 },
};

export const cronJobAdded: WatchRule = {
  id: "cron-job-added",
  title: "A job that starts by itself is added in a container",
  priority: "Warning",
  techniques: ["T1053.003"],
  condition: `evt.type in (open, openat, openat2, creat) and evt.is_open_write = true and fd.num >= 0 and container.id != host and fd.realpath startswith anyof (/etc/cron, /var/spool/cron/) and not ${BY_PACKAGE_MANAGER.condition}`,
  why: "A cron job brings an intruder back after the process that let them in has ended.",
  response: "Look at the job, and start the container anew from its image.",
  quietCases:
    "Package managers of the image and scripts of packages that they run are left out. Entry points that write the crontab of a container made for it: write it when the image is built.",
  fires: [
    WRITTEN,
    { ...WRITTEN, file: { name: "/tmp/x", realPath: "/var/spool/cron/crontabs/root" } },
    ...BY_PACKAGE_MANAGER.others.map((process) => ({ ...WRITTEN, process })),
  ],
  quiet: [
    { ...WRITTEN, parameters: { flags: 0 } },
    ...BY_PACKAGE_MANAGER.those.map((process) => ({ ...WRITTEN, process })),
  ],
};
