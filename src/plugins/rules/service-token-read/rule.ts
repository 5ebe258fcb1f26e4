import type { WatchRule } from "../../../stages/watch/contract.ts";

export const serviceTokenRead: WatchRule = {
  id: "service-token-read",
  title: "A tool reads the token of a Kubernetes service account",
  priority: "Warning",
  techniques: ["T1528"],
  condition:
    "evt.type in (open, openat, openat2, creat) and evt.is_open_read = true and fd.num >= 0 and container.id != host and fd.name startswith anyof (/var/run/secrets/kubernetes.io/serviceaccount/, /run/secrets/kubernetes.io/serviceaccount/) and fd.name endswith /token and proc.name in (cat, head, tail, less, base64, cp, tar, dd, curl, wget, sh, bash, dash, ash, busybox, perl)",
  why: "Programs read their token through a client library; a shell or a tool that reads it is somebody who wants to act in its name.",
  response:
    "Find who was in the container, take the token's rights away or make it anew, and set automountServiceAccountToken: false where none is needed.",
  quietCases:
    "Scripts of jobs that call the API by curl: give them kubectl, or except them by their image.",
  fires: [
    {
      type: "openat",
      file: {
        name: "/var/run/secrets/kubernetes.io/serviceaccount/token",
        realPath: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      },
      parameters: {
        flags: 0,
      },
      process: {
        name: "cat",
      },
    },
  ],
  quiet: [
    {
      type: "openat",
      file: {
        name: "/var/run/secrets/kubernetes.io/serviceaccount/token",
        realPath: "/var/run/secrets/kubernetes.io/serviceaccount/token",
      },
      parameters: {
        flags: 0,
      },
      process: {
        name: "coredns",
      },
    },
    {
      type: "openat",
      file: {
        name: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
        realPath: "/var/run/secrets/kubernetes.io/serviceaccount/ca.crt",
      },
      parameters: {
        flags: 0,
      },
      process: {
        name: "curl",
      },
    },
  ],
};
