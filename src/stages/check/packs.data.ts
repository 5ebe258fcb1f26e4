// Packs: lists of checks under one name, as data. A pack implements nothing.
import type { Pack } from "./contract.ts";

/**
 * Pod Security, baseline.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/
 */
const baseline: Pack = {
  id: "pss-baseline",
  title: "Pod Security Standards, baseline: the known ways out of a container are closed",
  versioned: true,
  entries: [
    { check: "app-armor-kept" },
    { check: "no-added-capabilities" },
    { check: "no-host-namespaces" },
    { check: "no-host-path" },
    { check: "no-host-ports" },
    { check: "no-host-probes", from: 34 },
    { check: "no-privileged" },
    { check: "no-windows-host-process" },
    { check: "proc-mount-default" },
    { check: "safe-sysctls" },
    { check: "se-linux-usual" },
    { check: "seccomp-kept" },
  ],
};

/** Pod Security, restricted. What it demands more of a check of baseline stands in its place, from the version on. */
const restricted: Pack = {
  id: "pss-restricted",
  title: "Pod Security Standards, restricted: as hardened as pods can be without a change of their programs",
  versioned: true,
  entries: [
    { check: "app-armor-kept" },
    { check: "drop-all-capabilities", from: 22 },
    { check: "no-added-capabilities", before: 22 },
    { check: "no-host-namespaces" },
    { check: "no-host-ports" },
    { check: "no-host-probes", from: 34 },
    { check: "no-privilege-escalation", from: 8 },
    { check: "no-privileged" },
    { check: "no-windows-host-process" },
    { check: "proc-mount-always-default", from: 35 },
    { check: "proc-mount-default", before: 35 },
    { check: "restricted-volumes" },
    { check: "run-as-non-root" },
    { check: "run-as-user-not-root", from: 23 },
    { check: "safe-sysctls" },
    { check: "se-linux-usual" },
    { check: "seccomp-kept", before: 19 },
    { check: "seccomp-set", from: 19 },
  ],
};

/** Every pack, by alphabet. */
export const packs: readonly Pack[] = [baseline, restricted];
