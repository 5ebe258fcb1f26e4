import type { BuildStep, ImageBuild } from "../../../model/image-build.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { building } from "../shared/build-examples.ts";
import { type BuildSaid, commandsOf, ofFiles } from "../shared/build-said.ts";
import { type PackageTool, packageCommand } from "../shared/package-commands.ts";
import { controls } from "../shared/said.ts";

export const packageCacheCleaned: CheckOf<ImageBuild> = {
  id: "package-cache-cleaned",
  title: "nothing is left of packages but what they install",
  severity: "low",
  why: "an index and a cache in a layer make installing more tools easy for whoever breaks in, and every pull larger",
  fix: "remove the cache in the same RUN, or keep it out of the layer with --mount=type=cache",
  controls: controls({ "cis-docker-1.6": ["4.3"] }),
  needs: [],
  state: "stable",
  appliesTo: "image",
  examples: {
    bad: [
      building("RUN apt-get update && apt-get install -y git=1:2.39.5-0"),
      building("RUN apk add git=2.45.2-r0"),
      building("RUN dnf install -y git-2.45"),
      building("RUN pip install requests==2.32.3"),
    ],
    good: [
      building(
        "RUN apt-get update && apt-get install -y git=1:2.39.5-0 && rm -rf /var/lib/apt/lists/*",
      ),
      building("RUN apk add --no-cache git=2.45.2-r0"),
      building("RUN dnf install -y git-2.45 && dnf clean all"),
      building("RUN --mount=type=cache,target=/root/.cache/pip pip install requests==2.32.3"),
      building("ENV PIP_NO_CACHE_DIR=1", "RUN pip install requests==2.32.3"),
    ],
  },
  versions: [{ from: 0, run: ofFiles(look) }],
};

/** Where each keeps what it fetched. */
const CACHES: ReadonlyMap<PackageTool, RegExp> = new Map([
  ["apt", /^\/var\/lib\/apt\b|^\/var\/lib\/apt\/lists|^\/var\/lib\/\{?apt/],
  ["apk", /^\/var\/cache\/apk\b|^\/etc\/apk\/cache|^\/var\/cache\/\*$/],
  ["dnf", /^\/var\/cache\/(?:yum|dnf|\*)/],
  ["zypper", /^\/var\/cache\/(?:zypp|\*)/],
  ["pip", /\.cache(?:\/pip)?/],
]);
const FLAGS: ReadonlyMap<PackageTool, RegExp> = new Map([
  ["apk", /^--no-cache$/],
  ["pip", /^--no-cache-dir$/],
]);

function look(build: ImageBuild, said: BuildSaid): void {
  const isPipOff = build.stages.some(({ steps }) =>
    steps.some(({ assigns }) => assigns.some(({ name }) => name === "PIP_NO_CACHE_DIR")),
  );
  const told = new Set<string>();
  for (const { stage, step, command, all } of commandsOf(build, said)) {
    const found = packageCommand(command);
    const cache = found?.action === "install" ? CACHES.get(found.manager) : undefined;
    if (found === null || cache === undefined || hasCacheMount(step)) continue;
    const { manager, options } = found;
    const flag = FLAGS.get(manager);
    const isOff = flag !== undefined && options.some((option) => flag.test(option));
    if (isOff || (manager === "pip" && isPipOff) || all.some((one) => cleans(one, manager, cache)))
      continue;
    const key = `${step.at} ${manager}`;
    if (!told.has(key))
      said.fault(stage, command.at, `leaves what ${command.name} fetched in its layer`);
    told.add(key);
  }
}

function hasCacheMount({ flags }: BuildStep): boolean {
  return flags.some(
    ({ name, value }) => name === "mount" && /type=(?:cache|tmpfs)/.test(value ?? ""),
  );
}

function cleans(command: ShellCommand, manager: PackageTool, cache: RegExp): boolean {
  const { name, words } = command;
  if (name === "rm" || name === "find") return words.some(({ value }) => cache.test(value));
  const isOwn = packageCommand(command)?.manager === manager;
  const isClean = words.some(
    ({ value }) => value === "clean" || value === "cc" || value === "purge",
  );
  return isOwn && isClean && manager !== "apt";
}
