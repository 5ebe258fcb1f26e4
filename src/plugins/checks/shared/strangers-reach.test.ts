import { describe, expect, test } from "vitest";
import { readWorkflow } from "../../../formats/pipeline/github.ts";
import { openEvents } from "./strangers-reach.ts";

const SAME = "github.event.pull_request.head.repo.full_name == github.repository";

function reached(on: unknown, condition: string): readonly string[] {
  const pipeline = readWorkflow({
    on,
    jobs: { build: { steps: [{ run: "make", if: condition }] } },
  });
  const [job] = pipeline.jobs;
  const [step] = job?.steps ?? [];
  return job === undefined || step === undefined ? [] : openEvents(pipeline, job, step);
}

describe("a stranger's pull request", () => {
  test.each([
    ["", true],
    ["github.event_name == 'pull_request'", true],
    ["github.event_name != 'pull_request'", false],
    ["github.event_name == 'push' || github.event_name == 'pull_request'", true],
    ["github.event_name == 'push' && always()", false],
    [SAME, false],
    [`github.event_name != 'pull_request' || ${SAME}`, false],
    ["github.repository != github.event.pull_request.head.repo.full_name", true],
    ["!github.event.pull_request.head.repo.fork", false],
    ["github.actor == 'octocat'", false],
    ["github.actor != 'octocat'", true],
    ["github.actor == 'dependabot[bot]'", true],
    ["github.event.pull_request.user.login == 'dependabot[bot]'", false],
    ["github.event.pull_request.author_association == 'MEMBER'", false],
    ["github.event.pull_request.author_association == 'CONTRIBUTOR'", true],
    [`contains(fromJSON('["OWNER"]'), github.event.pull_request.author_association)`, false],
    [`contains(fromJSON('["NONE"]'), github.event.pull_request.author_association)`, true],
    ["contains(github.event.pull_request.labels.*.name, 'safe')", true],
    ["startsWith(github.ref, 'refs/tags/')", false],
    ["github.ref == 'refs/heads/main'", false],
    ["${{ github.event_name == 'push' }}", false],
    ["${{ github.event_name }} == 'push'", true],
    ["not an expression", true],
  ])("with the condition %j gets there: %j", (condition, isReached) => {
    expect(reached("pull_request", condition)).toEqual(isReached ? ["pull_request"] : []);
  });
});

test("jobs that are skipped hold those back that need them, unless they run anyway", () => {
  const gate = { if: SAME, steps: [] };
  const open = (job: object): readonly string[] => {
    const pipeline = readWorkflow({ on: ["pull_request_target", "push"], jobs: { gate, job } });
    const last = pipeline.jobs[1];
    return last === undefined ? ["none"] : openEvents(pipeline, last);
  };
  expect(open({ needs: "gate" })).toEqual([]);
  expect(open({ needs: ["gate"], if: "always()" })).toEqual(["pull_request_target"]);
  expect(open({})).toEqual(["pull_request_target"]);
});

test("jobs that need each other in a circle are looked at once", () => {
  const pipeline = readWorkflow({
    on: "issues",
    jobs: { a: { needs: "b", steps: [] }, b: { needs: "a", steps: [] } },
  });
  expect(pipeline.jobs.map((job) => openEvents(pipeline, job))).toEqual([["issues"], ["issues"]]);
});

test("what a stranger's run of another workflow was started by is a pull request", () => {
  const on = { workflow_run: { workflows: ["ci"] } };
  expect(reached(on, "github.event.workflow_run.event == 'push'")).toEqual([]);
  expect(reached(on, "github.event.workflow_run.conclusion == 'success'")).toEqual([
    "workflow_run",
  ]);
});
