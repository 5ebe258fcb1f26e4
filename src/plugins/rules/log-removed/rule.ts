import { BY_ENGINE, type ExampleEvent, type WatchRule } from "../../../stages/watch/contract.ts";

const REMOVED: ExampleEvent = {
  type: "unlinkat",
  parameters: { name: "/var/log/auth.log", dirfd: -100 },
  result: 0,
  process: { name: "rm" },
};

export const logRemoved: WatchRule = {
  id: "log-removed",
  title: "Logs of logins or of the audit are removed",
  priority: "Warning",
  techniques: ["T1070.002"],
  condition: `evt.type in (unlink, unlinkat, rename, renameat, renameat2) and evt.rawres = 0 and (evt.abspath startswith anyof (/var/log/wtmp, /var/log/btmp, /var/log/lastlog, /var/log/auth.log, /var/log/secure, /var/log/audit/) or evt.abspath[src] startswith anyof (/var/log/wtmp, /var/log/btmp, /var/log/lastlog, /var/log/auth.log, /var/log/secure, /var/log/audit/)) and not proc.name in (logrotate, auditd, rsyslogd, syslog-ng, systemd-journal, savelog) and not ${BY_ENGINE.condition}`,
  why: "What says who came in is what an intruder removes first.",
  response: "Send logs elsewhere while they are written, and look there for what is missing here.",
  quietCases:
    "logrotate and the services that write these files are left out; a rotation of your own is to be excepted. Engines that unpack an image or copy into a container are left out, by where their programs lie.",
  fires: [
    REMOVED,
    { ...REMOVED, type: "unlink", parameters: { path: "/var/log/wtmp" }, isOnHost: true },
    ...BY_ENGINE.others.map((process) => ({ ...REMOVED, isOnHost: true, process })),
  ],
  quiet: [
    { ...REMOVED, parameters: { name: "/var/log/nginx/access.log", dirfd: -100 } },
    {
      ...REMOVED,
      parameters: { name: "/var/log/auth.log.4.gz", dirfd: -100 },
      process: { name: "logrotate" },
    },
    ...BY_ENGINE.those.map((process) => ({ ...REMOVED, isOnHost: true, process })),
  ],
};
