import type { CommandEntry } from "./command.ts";

// Summaries stand here and not in the commands, so that `bulwark --help` loads none of them.

/** Every command, in the order in which a newcomer meets them. */
export const commands: readonly CommandEntry[] = [
  {
    name: "init",
    summary: "look around, propose a configuration and the next three commands",
    load: async () => (await import("./init.ts")).initCommand,
  },
  {
    name: "scan",
    summary: "find out what is inside an image or project, and what is wrong with it",
    load: async () => (await import("./scan.ts")).scanCommand,
  },
  {
    name: "check",
    summary: "find out whether what runs containers is configured as it ought to be",
    load: async () => (await import("./check.ts")).checkCommand,
  },
  {
    name: "gate",
    summary: "ask a policy whether an image or project may go on",
    load: async () => (await import("./gate.ts")).gateCommand,
  },
  {
    name: "admit",
    summary: "decide what may run, where it is about to",
    load: async () => (await import("./admit.ts")).admitCommand,
  },
  {
    name: "policy",
    summary: "check, explain and test a policy, and preview what it would deny",
    load: async () => (await import("./policy.ts")).policyCommand,
  },
  {
    name: "files",
    summary: "list the files of a scanned image, with digest, layer and owning package",
    load: async () => (await import("./files.ts")).filesCommand,
  },
  {
    name: "tree",
    summary: "show what is attached to an image: signatures, attestations, SBOMs",
    load: async () => (await import("./tree.ts")).treeCommand,
  },
  {
    name: "pin",
    summary: "rewrite tags to digests, in Dockerfiles, Compose, Kubernetes and pipeline files",
    load: async () => (await import("./pin.ts")).pinCommand,
  },
  {
    name: "attach",
    summary: "attach a file, such as an SBOM, to an image in a registry or layout",
    load: async () => (await import("./attach.ts")).attachCommand,
  },
  {
    name: "explain",
    summary: "tell why a finding matched, where, and what to do",
    load: async () => (await import("./explain.ts")).explainCommand,
  },
  {
    name: "audit",
    summary: "find out whether what runs already is set up as it ought to be",
    load: async () => (await import("./audit.ts")).auditCommand,
  },
  {
    name: "drift",
    summary: "find out what a container holds or runs that its image does not",
    load: async () => (await import("./drift.ts")).driftCommand,
  },
  {
    name: "access",
    summary: "find out who and what may do how much, and how much less would do",
    load: async () => (await import("./access.ts")).accessCommand,
  },
  {
    name: "rules",
    summary: "check rules for what runs, in Falco's language, and see what they ask of the sensor",
    load: async () => (await import("./rules.ts")).rulesCommand,
  },
  {
    name: "top",
    summary: "the five fixes to do next, over all saved scans",
    load: async () => (await import("./top.ts")).topCommand,
  },
  {
    name: "cel",
    summary: "try an expression of a policy, and see what it gives and costs",
    load: async () => (await import("./cel.ts")).celCommand,
  },
  {
    name: "evidence",
    summary: "verify, export and show the log of decisions",
    load: async () => (await import("./evidence.ts")).evidenceCommand,
  },
  {
    name: "sign",
    summary: "sign an image, and attach the signature to it",
    load: async () => (await import("./sign.ts")).signCommand,
  },
  {
    name: "attest",
    summary: "state something about an image, signed: an SBOM, a scan, provenance",
    load: async () => (await import("./attest.ts")).attestCommand,
  },
  {
    name: "watch",
    summary: "see what containers do while they do it",
    load: async () => (await import("./watch.ts")).watchCommand,
  },
  {
    name: "sensor",
    summary: "find out what the sensor can observe on this host",
    load: async () => (await import("./sensor.ts")).sensorCommand,
  },
  {
    name: "replay",
    summary: "look again at what bulwark watch recorded, or at an audit log",
    load: async () => (await import("./replay.ts")).replayCommand,
  },
  {
    name: "verify",
    summary: "tell whether something is signed, by whom, and what was found instead",
    load: async () => (await import("./verify.ts")).verifyCommand,
  },
  {
    name: "trust",
    summary: "show whom you believe and until when, and bundle it for machines without a network",
    load: async () => (await import("./trust.ts")).trustCommand,
  },
  {
    name: "keys",
    summary: "make, take over and show keys to sign with",
    load: async () => (await import("./keys.ts")).keysCommand,
  },
  {
    name: "break-glass",
    summary: "grant a signed override for what is denied, for hours or days, and check one",
    load: async () => (await import("./break-glass.ts")).breakGlassCommand,
  },
  {
    name: "db",
    summary: "build, update, publish, carry and look at the advisory data",
    load: async () => (await import("./db.ts")).dbCommand,
  },
];
