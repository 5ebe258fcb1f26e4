// What stands in a folder and on a host in, a first configuration and the next three commands out. Only proposes: writing is
// the caller's, and nothing that exists is ever replaced.
import { count, list } from "../../kit/phrase.ts";
import { shellWord } from "../../kit/shell.ts";

/** What a look around found; paths are relative to the folder. */
export interface Surroundings {
  readonly dockerfiles: readonly string[];
  readonly composeFiles: readonly string[];
  /** Folders that hold Kubernetes objects with images. */
  readonly objectFolders: readonly string[];
  /** Lock files and manifests in the folder and below. */
  readonly packageFiles: readonly string[];
  readonly pipelines: readonly ("github" | "gitlab" | "jenkins")[];
  /** Engines that answer on this host. */
  readonly engines: readonly ("docker" | "podman")[];
  readonly hasStore: boolean;
  readonly hasExceptions: boolean;
}

/** A file that would help. */
export interface ProposedFile {
  readonly path: string;
  readonly why: string;
  readonly content: string;
}

export interface ProposedCommand {
  readonly line: string;
  readonly why: string;
}

export interface Proposal {
  /** `2 Dockerfiles, a Compose file, …`; null when nothing was recognised. */
  readonly found: string | null;
  readonly files: readonly ProposedFile[];
  /** Three, in the order in which to run them. */
  readonly commands: readonly ProposedCommand[];
}

/** Proposes what to do first. */
export function propose(around: Surroundings): Proposal {
  const candidates = commandsFor(around);
  return {
    found: foundText(around),
    files: [
      ...(around.hasExceptions ? [] : [EXCEPTIONS]),
      ...around.pipelines.map((pipeline) => PIPELINES[pipeline]).filter((file) => file !== null),
    ],
    commands: candidates.slice(0, 3),
  };
}

function foundText(around: Surroundings): string | null {
  const parts = [
    some(around.packageFiles, "lock file or manifest", "lock files and manifests"),
    some(around.dockerfiles, "Dockerfile"),
    some(around.composeFiles, "Compose file"),
    some(around.objectFolders, "folder of Kubernetes objects", "folders of Kubernetes objects"),
    some(around.pipelines, "pipeline"),
    some(around.engines, "container engine"),
  ].filter((part) => part !== "");
  return parts.length === 0 ? null : list(parts);
}

function some(found: readonly string[], one: string, many?: string): string {
  return found.length === 0 ? "" : count(found.length, one, many);
}

/** Most telling first; the last ones always apply, so that there are at least three. */
function commandsFor(around: Surroundings): ProposedCommand[] {
  const { composeFiles, objectFolders, engines } = around;
  const commands: ProposedCommand[] = [];
  if (!around.hasStore)
    commands.push({
      line: "bulwark db update",
      why: "full advisory data; without it only famous flaws are known",
    });
  if (around.packageFiles.length > 0)
    commands.push({ line: "bulwark scan .", why: "the packages this project locks and vendors" });
  const [compose] = composeFiles;
  if (compose !== undefined)
    commands.push({ line: `bulwark scan ${shellWord(compose)}`, why: "every image that it names" });
  const [objects] = objectFolders;
  if (objects !== undefined)
    commands.push({
      line: `bulwark scan ${shellWord(objects)}`,
      why: "every image of these objects",
    });
  if (engines.length > 0)
    commands.push({ line: "bulwark scan --running", why: "what runs on this host right now" });
  return [
    ...commands,
    { line: "bulwark scan alpine:3.19", why: "an image in a registry, to see what a report says" },
    { line: "bulwark top", why: "the five fixes to do next, over all scans" },
    { line: "bulwark scan --help", why: "everything that can be scanned" },
  ];
}

const EXCEPTIONS: ProposedFile = {
  path: "bulwark.exceptions.yaml",
  why: "where decisions not to count a finding are kept, each with an owner and an end",
  content: `# Findings that do not count, each with a reason, an owner and an end.
# - id: CVE-2023-45853
#   scope: {package: zlib1g}
#   reason: the affected minizip code is not built
#   owner: platform-team
#   until: 2027-03-31
exceptions: []
`,
};

const PIPELINES: Readonly<Record<Surroundings["pipelines"][number], ProposedFile | null>> = {
  github: {
    path: ".github/workflows/bulwark.yaml",
    why: "every push is asked about by bulwark.yaml, or by the pack startup; docs/guide/ci.md has more",
    content: `name: bulwark
on: [push, pull_request]
permissions:
  contents: read
jobs:
  scan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683 # v4.2.2
        with:
          persist-credentials: false
      - uses: actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020 # v4.4.0
        with:
          node-version: 24
      # bulwark is one of the devDependencies; --no keeps npx from taking anything else of that name
      - run: npm ci
      - run: npx --no bulwark db update
      - run: npx --no bulwark gate . --format github
`,
  },
  gitlab: {
    path: "bulwark.gitlab-ci.yml",
    why: "to be included from .gitlab-ci.yml: asks bulwark.yaml, or the pack startup; docs/guide/ci.md has more",
    content: `bulwark:
  stage: test
  image: node:24
  script:
    # bulwark is one of the devDependencies; --no keeps npx from taking anything else of that name
    - npm ci
    - npx --no bulwark db update
    - npx --no bulwark gate . --report gitlab=bulwark.json --report junit=bulwark.xml
  artifacts:
    when: always
    reports: { codequality: bulwark.json, junit: bulwark.xml }
`,
  },
  jenkins: null,
};
