// A host that runs containers, for what has to do with access: who may ask its engines, and what runs on it.
import { engineAccessOf, hasAccounts } from "../formats/host/engine-access.ts";
import { hostOf } from "../formats/host/host.ts";
import { placeOf } from "../formats/host/record-file.ts";
import { AppError } from "../kit/error.ts";
import type { Problem } from "../model/problem.ts";
import type { Workload } from "../model/workload.ts";
import type { HostFacts } from "../stages/access/hosts.ts";
import { runningContainers } from "./examine-configuration.ts";
import { recordHost } from "./record-host.ts";
import type { Surroundings } from "./surroundings.ts";

export interface ReadHost {
  readonly facts: HostFacts;
  readonly containers: readonly { readonly workload: Workload; readonly path: string }[];
  readonly problems: readonly Problem[];
}

/**
 * Reads a host.
 *
 * @param root A folder that is the host's `/`; `/` for the host that this program runs on.
 * @throws {AppError} `not-found` for the folder, `usage` for one that is no host's.
 */
export async function readHost(root: string, surroundings: Surroundings): Promise<ReadHost> {
  const isLive = root === "/";
  const record = await recordHost(isLive ? null : root, surroundings);
  const host = hostOf(record);
  if (!isLive && !hasAccounts(host) && host.daemons.length === 0)
    throw new AppError("usage", `cannot look at ${JSON.stringify(root)}: it is no host's`, {
      hint: "name the folder in which the host's files are, with etc/group below it",
      subject: root,
    });
  const { access, gaps } = engineAccessOf(host);
  const running = isLive
    ? await runningContainers({ ...surroundings, checks: [] })
    : { answered: [], problems: [] };
  return {
    facts: { host, access },
    containers: running.answered.flatMap(({ subject, path }) =>
      subject.form === "workload" ? [{ workload: subject, path }] : [],
    ),
    problems: [
      ...running.problems,
      ...gaps.map(({ at, why }): Problem => {
        const { path = root } = placeOf(record, at) ?? {};
        const detail = `who may ask the engines of ${host.name || root} is not known: ${why}`;
        return { code: "configuration-unknown", detail, path };
      }),
    ],
  };
}
