// Examples of pipelines in few words: a workflow that nobody could object to, but for what is given.
import type { Example } from "../../../stages/check/contract.ts";

type Members = Readonly<Record<string, unknown>>;

/** A commit, as examples name it. */
export const COMMIT = "11bd71901bbe5b1630ceea73d27597364c9af683";

/** A workflow with these members. */
export function workflow(members: Members): Example {
  return {
    format: "github-workflow",
    document: {
      on: "push",
      permissions: {},
      jobs: { build: { "runs-on": "ubuntu-24.04", steps: [{ run: "make" }] } },
      ...members,
    },
  };
}

/** A workflow that something starts, with one job of these steps. */
export function steps(on: unknown, ...list: readonly Members[]): Example {
  return workflow({ on, jobs: { build: { "runs-on": "ubuntu-24.04", steps: list } } });
}

/** A workflow that something starts, with one job that has these members. */
export function job(on: unknown, members: Members): Example {
  const build = { "runs-on": "ubuntu-24.04", steps: [{ run: "make" }], ...members };
  return workflow({ on, jobs: { build } });
}

/** A pipeline of GitLab with one job that has these members, beside others at the top. */
export function gitlab(build: Members, top: Members = {}): Example {
  return { format: "gitlab-ci", document: { ...top, build: { script: ["make"], ...build } } };
}
