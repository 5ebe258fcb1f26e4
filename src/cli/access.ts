import { AppError } from "../kit/error.ts";
import { GRAPH_OPTIONS, graph, paths } from "./access-graph.ts";
import { MINIMIZE_OPTIONS, minimize } from "./access-minimize.ts";
import { chosenAction } from "./actions.ts";
import { type Command, type Invocation, type Options, surroundingsOf } from "./command.ts";
import { LIVE_OPTIONS, liveChoice } from "./live-options.ts";
import { formatOption } from "./option-specs.ts";

export const accessCommand: Command = {
  name: "access",
  summary: "find out who and what may do how much, and how much less would do",
  usage: [
    "access who-can VERB RESOURCE [PATH…] [--live] [options]",
    "access explain SUBJECT [PATH…] [--live] [options]",
    "access paths [PATH…] [--live] [--from WHO] [--to TARGET] [--against PATH] [options]",
    "access graph [PATH…] [--live] [options]",
    "access minimize --events FILE [PATH…] [options]",
    "access minimize --events FILE --output DIR --seccomp-stage enforce --kernel-log FILE",
    "access minimize --roll-back --output DIR",
    "access minimize --audit-log FILE [PATH…] [options]",
  ],
  details: [
    "who-can tells everybody whom bindings let do something, by which rule, and where both are written. RESOURCE is as in secrets, pods/exec, deployments.apps or /metrics.",
    "explain tells all that somebody may do, what of it is dangerous, and which pods act in their name. SUBJECT is NAMESPACE/NAME of a service account, user:NAME, group:NAME, or the ARN of a role or user whom EKS lets in.",
    "paths tells who can become cluster-admin, root on a node, or a reader of secrets: each way step by step, with what is supposed and where each step is written, and the few changes that end most of it. graph has the whole graph, for other programs.",
    "PATH are files and folders of Kubernetes objects: manifests, or what kubectl get -A -o yaml wrote. With --live the cluster itself is asked, besides or instead. A role that is bound and not among them is told as something that is not known.",
    "minimize takes a recording of what containers did and tells the least that they need: capabilities, system calls, writable folders, network. PATH are the workloads as they are declared today; then it tells what is granted and was not seen.",
    "With --audit-log it takes audit logs of Kubernetes instead (as the API server or CloudWatch writes them, also compressed or in folders) and tells the least Roles by which everything that was allowed is allowed still, with the proof. PATH are then the roles and bindings of today.",
    "What was not seen is not unused: it is told with how long and how much was looked at, and with what speaks against it. A seccomp profile writes down what it would refuse, and meanwhile refuses nothing, in the place of the engine's own profile. --seccomp-stage enforce makes those of --output refuse of which --kernel-log shows that in all of their time nothing would have been refused; it ends with 3 when something would, and with 4 when nobody knows. What was there before is kept, and --roll-back brings it back.",
  ],
  options: {
    namespace: {
      type: "string",
      value: "NAMESPACE",
      short: "n",
      summary: "who-can: in this namespace alone (default: anywhere)",
    },
    name: { type: "string", value: "NAME", summary: "who-can: one object, by its name" },
    group: {
      type: "string",
      value: "GROUP",
      multiple: true,
      summary: "explain: a group in which they are, too; may be repeated",
    },
    ...LIVE_OPTIONS,
    ...GRAPH_OPTIONS,
    ...MINIMIZE_OPTIONS,
    output: {
      type: "string",
      value: "DIR",
      short: "o",
      summary:
        "minimize: write profiles, patches and policies, or roles, into this folder; graph, paths: the file",
    },
    format: formatOption(
      ["text", "json", "dot", "svg", "yaml"],
      "how to answer (default: text); dot and svg: graph, paths; yaml: minimize --audit-log",
    ),
  },
  takes: {
    "who-can": ["namespace", "name", "format", ...Object.keys(LIVE_OPTIONS)],
    explain: ["group", "format", ...Object.keys(LIVE_OPTIONS)],
    paths: ["output", "format", ...Object.keys(GRAPH_OPTIONS), ...Object.keys(LIVE_OPTIONS)],
    graph: ["host", "output", "format", ...Object.keys(LIVE_OPTIONS)],
    minimize: ["output", "format", ...Object.keys(MINIMIZE_OPTIONS), ...Object.keys(LIVE_OPTIONS)],
  },
  examples: [
    ["bulwark access who-can get secrets cluster/ -n shop", "who may read secrets there"],
    [
      "bulwark access paths cluster/ --format svg -o paths.svg",
      "a picture of the ways to cluster-admin",
    ],
    ["bulwark access explain shop/web cluster/", "what this service account may do"],
    [
      "bulwark access paths --live --to node-root",
      "who becomes root on a node of the cluster there",
    ],
    [
      "bulwark access minimize --events web.ndjson deploy/",
      "what is granted there and was not seen",
    ],
    ["bulwark access minimize --events web.ndjson -o least", "profiles, patches and policies"],
    [
      "bulwark access minimize --audit-log audit.log cluster/ -o least",
      "the least roles, and what is granted beyond them",
    ],
  ],
  run: (invocation) => {
    const [name = ""] = invocation.args;
    return chosenAction("access", name, ACTIONS)(invocation);
  },
};

const ACTIONS: ReadonlyMap<string, (invocation: Invocation) => Promise<number>> = new Map([
  ["who-can", whoCanAction],
  ["explain", explain],
  ["paths", paths],
  ["graph", graph],
  ["minimize", minimize],
]);

async function whoCanAction({ args, options, terminal, ...more }: Invocation): Promise<number> {
  const [, verb, resource, ...targets] = args;
  const live = liveChoice(options);
  if (verb === undefined || resource === undefined || (targets.length === 0 && live === null))
    throw new AppError("usage", "cannot tell who can: say what, and where to look", {
      hint: "as in bulwark access who-can get secrets cluster/, or with --live",
    });
  const { whoCan } = await import("../app/who-can.ts");
  const { whoCanText } = await import("./access-text.ts");
  const request = {
    verb,
    resource,
    targets,
    live,
    name: options.text("name"),
    namespace: options.text("namespace"),
  };
  const result = await whoCan(request, surroundingsOf({ args, options, terminal, ...more }));
  await terminal.print(isJson(options) ? json(result) : whoCanText(result, terminal));
  return 0;
}

async function explain({ args, options, terminal, ...more }: Invocation): Promise<number> {
  const [, subject, ...targets] = args;
  const live = liveChoice(options);
  if (subject === undefined || (targets.length === 0 && live === null))
    throw new AppError("usage", "cannot explain: say whom, and where to look", {
      hint: "as in bulwark access explain shop/web cluster/, or with --live",
    });
  const { explainAccess } = await import("../app/explain-access.ts");
  const { explainedText } = await import("./access-text.ts");
  const request = { subject, targets, live, groups: options.texts("group") };
  const result = await explainAccess(request, surroundingsOf({ args, options, terminal, ...more }));
  await terminal.print(isJson(options) ? json(result) : explainedText(result, terminal));
  return 0;
}

function isJson(options: Options): boolean {
  return options.text("format") === "json";
}

function json(result: object): string {
  return `${JSON.stringify(result, null, 2)}\n`;
}
