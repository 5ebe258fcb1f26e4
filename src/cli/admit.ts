import { chosenAction } from "./actions.ts";
import { admitDockerAction } from "./admit-docker.ts";
import { admitInstall, admitUninstall } from "./admit-install.ts";
import { ADMIT_OPTIONS } from "./admit-options.ts";
import { admitReview } from "./admit-review.ts";
import { admitServe } from "./admit-serve.ts";
import type { Command, Invocation } from "./command.ts";

export const admitCommand: Command = {
  name: "admit",
  summary: "decide what may run, where it is about to",
  usage: [
    "admit review FILE [options]",
    "admit serve [options]",
    "admit install --image IMAGE [options]",
    "admit uninstall [options]",
    "admit docker [options]",
  ],
  details: [
    "review answers an AdmissionReview of Kubernetes, or an object as though somebody were to create it, from a file. It ends with 0 when it may run, with 3 when it may not, and with 4 when that cannot be told.",
    "serve is Kubernetes' webhook. It makes its own certificates, renews them long before they end, and makes them known to the cluster in which it runs. It begins in mode audit: everything may run, and what would be denied is written down.",
    "install prints the objects of which it consists in a cluster, and uninstall the commands that remove them. With --dry-run they tell what that would do in a cluster, object by object, and with --apply they do it; only what has the labels of this installation is touched.",
    "docker is an authorization plugin of Docker Engine: the engine asks it before each request, and it decides what would run something, or would give more to what runs. It runs until it is ended; systemd may hold its socket.",
  ],
  options: ADMIT_OPTIONS,
  examples: [
    ["bulwark admit review pod.yaml --policy pss-restricted", "may this pod run?"],
    ["bulwark admit serve --policy bulwark.yaml --mode enforce", "answer a cluster"],
    [
      "bulwark admit install --image registry.example.org/tools/bulwark:1 --policy pss-baseline --apply",
      "begin in mode audit",
    ],
    [
      "bulwark admit docker --policy bulwark.yaml --mode enforce",
      "let Docker Engine and Swarm run what the policy allows",
    ],
  ],
  run: async (invocation) => {
    const [name = "", ...args] = invocation.args;
    return chosenAction("admit", name, ACTIONS)(invocation, args);
  },
};

type Action = (invocation: Invocation, args: readonly string[]) => Promise<number>;

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["review", admitReview],
  ["serve", admitServe],
  ["install", admitInstall],
  ["uninstall", admitUninstall],
  ["docker", admitDockerAction],
]);
