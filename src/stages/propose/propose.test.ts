import { describe, expect, test } from "vitest";
import { propose, type Surroundings } from "./propose.ts";

const nothing: Surroundings = {
  dockerfiles: [],
  composeFiles: [],
  objectFolders: [],
  packageFiles: [],
  pipelines: [],
  engines: [],
  hasStore: true,
  hasExceptions: false,
};
const lines = (around: Partial<Surroundings>): string[] =>
  propose({ ...nothing, ...around }).commands.map((command) => command.line);

describe("a proposal", () => {
  test.each<[string, Partial<Surroundings>, string[]]>([
    ["nothing", {}, ["bulwark scan alpine:3.19", "bulwark top", "bulwark scan --help"]],
    [
      "a project without advisory data",
      { packageFiles: ["package-lock.json"], hasStore: false },
      ["bulwark db update", "bulwark scan .", "bulwark scan alpine:3.19"],
    ],
    [
      "everything",
      {
        packageFiles: ["go.mod"],
        composeFiles: ["compose.yaml"],
        objectFolders: ["deploy"],
        engines: ["docker"],
      },
      ["bulwark scan .", "bulwark scan compose.yaml", "bulwark scan deploy"],
    ],
    [
      "a name that a shell would take apart",
      { composeFiles: ["a b'$(id).yaml"] },
      ["bulwark scan 'a b'\\''$(id).yaml'", "bulwark scan alpine:3.19", "bulwark top"],
    ],
  ])("for %s has three commands", (_, around, commands) => {
    expect(lines(around)).toEqual(commands);
  });

  test("has pipelines run what the project installed, and nothing else of that name", () => {
    const { files } = propose({ ...nothing, pipelines: ["github", "gitlab"], hasExceptions: true });
    const runs = files.map(({ content }) =>
      content.split("\n").flatMap((line) => /- (?:run: )?(np[mx] \S+ ?\S*)/.exec(line)?.[1] ?? []),
    );
    const expected = ["npm ci", "npx --no bulwark", "npx --no bulwark"];
    expect(runs).toEqual([expected, expected]);
  });

  test("says what was found, and proposes files that are missing", () => {
    const { found, files } = propose({
      ...nothing,
      dockerfiles: ["Dockerfile", "web/Dockerfile"],
      pipelines: ["github", "jenkins"],
      hasExceptions: true,
    });
    expect([found, files.map((f) => f.path)]).toEqual([
      "2 Dockerfiles and 2 pipelines",
      [".github/workflows/bulwark.yaml"],
    ]);
  });
});
