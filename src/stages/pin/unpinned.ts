// What is not pinned, as findings: a policy demands pins by the check `pinned`, which is asked of files and not of workloads.
import { shellWord } from "../../kit/shell.ts";
import { stableId } from "../../kit/stable-id.ts";
import type { ConfigFinding } from "../../model/finding.ts";
import type { Problem } from "../../model/problem.ts";
import { plainScore } from "../../model/severity.ts";
import type { PinPlace } from "./pin.ts";

/** The word by which a policy demands pins: `check: pinned`. */
export const PINNED = "pinned";

/** A file with what it names. */
export interface LookedAt {
  readonly path: string;
  readonly kind: string;
  readonly places: readonly PinPlace[];
}

/** What a demand for pins has to say about files. */
export function unpinnedIn(files: readonly LookedAt[]): {
  readonly findings: readonly ConfigFinding[];
  readonly problems: readonly Problem[];
} {
  const findings: ConfigFinding[] = [];
  const problems: Problem[] = [];
  for (const file of files)
    for (const place of file.places) {
      if (place.state === "unpinned") findings.push(findingOf(file, place));
      if (place.state === "unknown") problems.push(problemOf(file, place));
    }
  return { findings, problems };
}

const WHY =
  "a tag or branch may mean something else tomorrow, and whoever can move it decides what runs";

function findingOf(
  { path, kind }: LookedAt,
  { line, column, what, user, name }: PinPlace,
): ConfigFinding {
  const wanted = what === "image" ? "digest" : "commit";
  const remedy = `bulwark pin ${shellWord(path)}`;
  return {
    kind: "config",
    id: stableId([PINNED, path, user, name]),
    severity: "medium",
    priority: { score: plainScore("medium"), reasons: ["severity medium"] },
    rule: {
      id: PINNED,
      title: "images and actions are named by digest or commit",
      help: `${WHY}. To fix it: ${remedy}.`,
      url: null,
    },
    tool: "bulwark",
    message: `${user}: ${what} ${name} is not named by its ${wanted}`,
    locations: [{ path, layer: null, line, column }],
    subject: { platform: "file", kind, name: user, namespace: null, container: null },
    pointer: "",
    value: name,
    why: WHY,
    remedy,
    controls: [],
  };
}

function problemOf({ path }: LookedAt, { line, user, name, reason }: PinPlace): Problem {
  const why = reason === null ? "" : `: ${reason}`;
  const detail = `${user}: cannot tell whether ${name} is pinned${why}`;
  return { code: "configuration-unknown", detail, path: `${path}:${line}` };
}
