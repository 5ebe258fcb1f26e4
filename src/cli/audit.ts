import { AppError } from "../kit/error.ts";
import { THRESHOLDS } from "../model/severity.ts";
import { chosenAction } from "./actions.ts";
import type { Command, Invocation } from "./command.ts";
import { formatOption } from "./option-specs.ts";

// One file for each thing that is audited; here is only what `--help` has to know of all of them.

const OF_BOTH: readonly string[] = [
  ...["declared", "registry", "framework", "format", "output", "fail-on", "db", "exceptions"],
];

export const auditCommand: Command = {
  name: "audit",
  summary: "find out whether what runs already is set up as it ought to be",
  usage: ["audit host [options]", "audit cluster [--from DIR] [options]"],
  details: [
    "host looks at this machine: its Docker, containerd and Podman as they are set up now, their sockets, files and owners, the kernel, and every container that runs. It changes nothing and starts nothing. As root it sees everything; what it may not see is told as unknown, and never passes.",
    "cluster looks at how the programs of a Kubernetes cluster are set up, as it takes effect: the API server, the controller manager, the scheduler, etcd, each kubelet and kube-proxy; and asks of all its objects what bulwark check asks. It only reads, and reads no Secret. What a provider runs is not asked; what could not be read is told as unknown, and never passes.",
  ],
  options: {
    root: {
      type: "string",
      value: "DIR",
      summary: "host: the files of a host that does not run, below this folder",
    },
    "fix-script": {
      type: "boolean",
      summary:
        "host: print a shell script that mends what nobody has to be asked about, to be read first",
    },
    declared: {
      type: "string",
      value: "PATH",
      multiple: true,
      summary:
        "what runs must equal this Compose file or Quadlet unit (host) or manifest (cluster), or those in this folder; may be given again",
    },
    registry: {
      type: "boolean",
      summary: "ask registries whether the tags of what runs have been moved since",
    },
    from: {
      type: "string",
      value: "DIR",
      summary: "cluster: a folder of what the cluster told, instead of the cluster itself",
    },
    how: { type: "boolean", summary: "cluster: print a script that makes such a folder" },
    kubeconfig: {
      type: "string",
      value: "FILE",
      summary: "cluster: where the cluster is (default: KUBECONFIG, ~/.kube/config)",
    },
    context: {
      type: "string",
      value: "NAME",
      summary: "cluster: which cluster of that file (default: the current one)",
    },
    framework: {
      type: "string",
      value: "NAME",
      summary: "report by the requirements of a standard, such as cis-docker or cis-kubernetes",
    },
    format: formatOption(["table", "json", "sarif"], "how to report (default: table)"),
    output: { type: "string", value: "FILE", summary: "write the report to a file", short: "o" },
    "fail-on": {
      type: "string",
      value: THRESHOLDS.join("|"),
      choices: THRESHOLDS,
      summary: "exit with 3 when a finding is at least this bad",
    },
    db: {
      type: "string",
      value: "DIR",
      summary: "advisory data in another folder than the usual",
    },
    exceptions: {
      type: "string",
      value: "FILE",
      summary: "decisions not to count a finding (default: bulwark.exceptions.yaml, if there)",
    },
  },
  takes: {
    host: ["root", "fix-script", ...OF_BOTH],
    cluster: ["from", "how", "kubeconfig", "context", ...OF_BOTH],
  },
  examples: [
    ["sudo bulwark audit host", "this machine, its engines and what runs on it"],
    ["sudo bulwark audit host --framework cis-docker", "the CIS Docker Benchmark, by its numbers"],
    ["sudo bulwark audit host --fix-script -o fix.sh", "what can be mended, as a script to read"],
    ["sudo bulwark audit host --declared compose.yaml", "and whether what runs equals its file"],
    ["bulwark audit cluster --framework cis-kubernetes", "the current cluster, by the CIS numbers"],
    ["bulwark audit cluster --declared deploy/", "and whether its objects equal their manifests"],
    ["bulwark audit cluster --how", "what makes a folder for --from, as a script to read"],
    ["bulwark audit host --root /mnt/disk", "the files of a machine that is not running"],
  ],
  run: (invocation) => {
    const [name = "", ...more] = invocation.args;
    const action = chosenAction("audit", name, ACTIONS);
    const hint = WITHOUT_WORDS[name];
    if (hint !== undefined && more.length > 0)
      throw new AppError("usage", `cannot audit ${name}: it takes no further words`, { hint });
    return action(invocation);
  },
};

/** What to do instead of naming it. */
const WITHOUT_WORDS: Readonly<Record<string, string | undefined>> = {
  host: "bulwark audit host --root DIR looks at the files of another host",
  cluster: "bulwark audit cluster --from DIR looks at what a cluster told",
};

const ACTIONS: ReadonlyMap<string, (invocation: Invocation) => Promise<number>> = new Map([
  ["host", async (invocation) => (await import("./audit-host.ts")).auditHostHere(invocation)],
  [
    "cluster",
    async (invocation) => (await import("./audit-cluster.ts")).auditClusterHere(invocation),
  ],
]);
