// Steps for each of our own rules, written from its condition: what real processes do in a real container. They are the canaries of
// the quiet stretch, too.

import type { PlayedStep } from "../stock/stage.ts";
import { acts, METADATA } from "../stock/steps.data.ts";

export interface OwnStep extends PlayedStep {
  /** The rule's id. */
  readonly id: string;
  /** One of the places of stock rules' steps. */
  readonly place: OwnPlace;
  /** As of a stock rule's step. */
  readonly needs?: string;
}

export const OWN_PLACES = ["plain", "capable"] as const;
export type OwnPlace = (typeof OWN_PLACES)[number];

const TOKEN = "/run/secrets/kubernetes.io/serviceaccount/token";

export const OWN_STEPS: readonly OwnStep[] = [
  {
    id: "cloud-metadata-asked",
    place: "capable",
    script: acts(["thief"], `connect|tcp|${METADATA}|80`),
  },
  { id: "cron-job-added", place: "plain", script: "echo '* * * * * root /tmp/x' > /etc/cron.d/x" },
  { id: "engine-socket-used", place: "plain", script: acts(["client"], "unix|/run/docker.sock") },
  {
    id: "entered-namespaces",
    place: "capable",
    script: "/bin/nsenter --uts=/proc/1/ns/uts /bin/true",
  },
  { id: "file-system-mounted", place: "capable", script: "/bin/mount -t tmpfs tmpfs /tmp" },
  { id: "kernel-program-loaded", place: "capable", script: acts(["implant"], "bpf") },
  { id: "kernel-runs-program", place: "capable", script: "echo /tmp/x > /tmp/release_agent" },
  { id: "log-removed", place: "plain", script: "/bin/rm /var/log/wtmp" },
  { id: "login-key-added", place: "plain", script: "echo key >> /root/.ssh/authorized_keys" },
  { id: "memory-executed", place: "plain", script: acts(["loader", "memory:ghost"]) },
  {
    id: "miner-started",
    place: "plain",
    script: acts(["kworker -o stratum+tcp://pool.example:3333"]),
  },
  { id: "module-loaded", place: "capable", script: acts(["rootkit"], "module"), needs: "init_module" },
  { id: "package-installed", place: "plain", script: acts(["apk add tool"]) },
  { id: "packets-read", place: "plain", script: acts(["sniffer"], "packet") },
  {
    // What it names is loaded into each program after it.
    id: "preload-set",
    place: "plain",
    script: "echo /tmp/x.so > /etc/ld.so.preload; /bin/rm /etc/ld.so.preload",
  },
  { id: "process-attached", place: "plain", script: acts(["injector"], "attach") },
  { id: "root-of-init-opened", place: "plain", script: "/bin/cat /proc/1/root/etc/hostname" },
  { id: "service-token-read", place: "plain", script: `/bin/cat ${TOKEN}` },
  { id: "setuid-given", place: "plain", script: "echo > /tmp/suid; /bin/chmod u+s /tmp/suid" },
  {
    id: "shared-memory-executed",
    place: "plain",
    script: "/bin/cp /bin/sh /dev/shm/tool; /dev/shm/tool -c :; echo : > /dev/shm/s.sh; /bin/sh /dev/shm/s.sh",
  },
  { id: "shell-to-network", place: "capable", script: acts(["implant"], `dup2|tcp4|4000|0`) },
  { id: "user-namespace-made", place: "capable", script: "/bin/unshare -U /bin/true" },
];

/** What somebody who knows our exceptions does: it is raised all the same. After the others, which leave `/tmp` in memory. */
export const OWN_EVASIONS: readonly (OwnStep & { readonly title: string; readonly also?: string })[] = [
  {
    id: "user-namespace-made",
    title: "a program in a temporary file system is called runc",
    place: "capable",
    script: acts(["/tmp/runc"], "unshare"),
  },
  {
    id: "user-namespace-made",
    title: "a program in memory is called as runc's copy",
    place: "capable",
    script: acts(["memory:runc_cloned:/proc/self/exe"], "unshare"),
    also: "memory-executed",
  },
  {
    id: "setuid-given",
    title: "below a program in the place of rpm",
    place: "plain",
    script: `/bin/mkdir -p /usr/bin; echo > /tmp/suid2; ${acts(["/usr/bin/rpm", "/bin/chmod u+s /tmp/suid2"])}`,
  },
  {
    id: "cron-job-added",
    title: "below a program in the place of rpm",
    place: "plain",
    script: acts(["/usr/bin/rpm", "/bin/cp /etc/hostname /etc/cron.d/y"]),
  },
  {
    id: "preload-set",
    title: "below a program in the place of rpm",
    place: "plain",
    script: `${acts(["/usr/bin/rpm", "/bin/cp /etc/hostname /etc/ld.so.preload"])}; /bin/rm /etc/ld.so.preload`,
  },
];
