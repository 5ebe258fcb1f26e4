// The file that says which commit a tag or branch of an action is: `owner/repo@ref: commit`, one a line, in YAML or JSON.
import { isScalar } from "yaml";
import { AppError } from "../kit/error.ts";
import { readYamlNodes, textOf } from "./yaml-nodes.ts";

const NAME = /^[^@/\s]+\/[^@\s]+@\S+$/;
const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const ENTRIES_MAX = 20_000;

/**
 * Reads the file.
 *
 * @returns Commits by `owner/repo@ref`.
 * @throws {AppError} `config-invalid` naming the line of what is no such entry or one too many.
 */
export function parseActionCommits(text: string, path: string): ReadonlyMap<string, string> {
  const { documents, lineAt } = readYamlNodes(text, path);
  const commits = new Map<string, string>();
  for (const { key, value } of documents.flatMap(({ top }) => top.items)) {
    const name = textOf(key) ?? "";
    // Digits alone are a number to YAML.
    const commit = isScalar(value) ? (textOf(value) ?? value.source ?? "") : "";
    const isEntry = NAME.test(name) && COMMIT.test(commit) && commits.size < ENTRIES_MAX;
    if (!isEntry) throw noEntry(path, lineAt(isScalar(key) ? (key.range?.[0] ?? 0) : 0));
    commits.set(name, commit);
  }
  return commits;
}

function noEntry(path: string, line: number): AppError {
  return new AppError(
    "config-invalid",
    `cannot read actions ${JSON.stringify(path)}: line ${line}: it does not give an action's commit`,
    { hint: "write owner/repo@ref: and the 40 hex digits of the commit", subject: path },
  );
}
