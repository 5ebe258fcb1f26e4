import fc from "fast-check";
import { expect, test } from "vitest";
import type { PipelineRun } from "../model/evidence-entry.ts";
import { CI_PROVIDERS } from "./ci-environment.data.ts";
import { pipelineOf } from "./ci-environment.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";
const NOTHING: PipelineRun = {
  provider: "generic",
  repository: null,
  commit: null,
  ref: null,
  pipeline: null,
  job: null,
  url: null,
  actor: null,
};

// As the pages that the table names show them.
test.each<[string, Record<string, string>, PipelineRun | null]>([
  ["a terminal", { HOME: "/root", USER: "anna", GITHUB_SHA: COMMIT }, null],
  ["a CI that is switched off", { CI: "false" }, null],
  ["some CI", { CI: "1" }, NOTHING],
  [
    "some CI that says more",
    {
      CI: "true",
      GIT_COMMIT: COMMIT,
      BUILD_URL: "https://ci.example/7/",
      BULWARK_CI_ACTOR: "anna",
    },
    { ...NOTHING, commit: COMMIT, url: "https://ci.example/7/", actor: "anna" },
  ],
  [
    "GitHub",
    {
      CI: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "octo/app",
      GITHUB_SHA: COMMIT,
      GITHUB_REF: "refs/heads/main",
      GITHUB_RUN_ID: "1658821493",
      GITHUB_RUN_ATTEMPT: "2",
      GITHUB_JOB: "gate",
      GITHUB_ACTOR: "octocat",
      GITHUB_TRIGGERING_ACTOR: "hubot",
      GITHUB_SERVER_URL: "https://github.com",
      GITHUB_TOKEN: "ghs_secret",
    },
    {
      provider: "github",
      repository: "octo/app",
      commit: COMMIT,
      ref: "refs/heads/main",
      pipeline: "1658821493",
      job: "gate",
      url: "https://github.com/octo/app/actions/runs/1658821493/attempts/2",
      actor: "hubot",
    },
  ],
  [
    "Gitea, which looks like GitHub",
    {
      GITEA_ACTIONS: "true",
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "a/b",
      GITHUB_RUN_NUMBER: "7",
      GITHUB_SERVER_URL: "https://git.example",
    },
    {
      ...NOTHING,
      provider: "gitea",
      repository: "a/b",
      url: "https://git.example/a/b/actions/runs/7",
    },
  ],
  [
    "GitLab",
    {
      CI: "true",
      GITLAB_CI: "true",
      CI_PROJECT_PATH: "group/app",
      CI_COMMIT_SHA: COMMIT,
      CI_COMMIT_REF_NAME: "main",
      CI_PIPELINE_ID: "91",
      CI_JOB_ID: "404",
      CI_JOB_URL: "https://gitlab.example/group/app/-/jobs/404",
      GITLAB_USER_LOGIN: "anna",
      CI_JOB_TOKEN: "secret",
    },
    {
      provider: "gitlab",
      repository: "group/app",
      commit: COMMIT,
      ref: "main",
      pipeline: "91",
      job: "404",
      url: "https://gitlab.example/group/app/-/jobs/404",
      actor: "anna",
    },
  ],
  [
    "Jenkins, whose address of the repository holds a password",
    {
      JENKINS_URL: "https://jenkins.example/",
      GIT_URL: "https://bot:secret@git.example/a/b.git",
      GIT_COMMIT: COMMIT,
      GIT_BRANCH: "origin/main",
      BUILD_TAG: "jenkins-app-12",
      JOB_NAME: "app",
      BUILD_URL: "https://jenkins.example/job/app/12/",
      BUILD_USER_ID: "anna",
    },
    {
      provider: "jenkins",
      repository: "https://…@git.example/a/b.git",
      commit: COMMIT,
      ref: "origin/main",
      pipeline: "jenkins-app-12",
      job: "app",
      url: "https://jenkins.example/job/app/12/",
      actor: "anna",
    },
  ],
  [
    "CircleCI, on a tag",
    {
      CI: "true",
      CIRCLECI: "true",
      CIRCLE_REPOSITORY_URL: "git@github.com:octo/app.git",
      CIRCLE_SHA1: COMMIT,
      CIRCLE_BRANCH: "",
      CIRCLE_TAG: "v1",
      CIRCLE_WORKFLOW_ID: "5034460f-c7c4-4c43-9457-de07e2029e7b",
      CIRCLE_BUILD_NUM: "33",
      CIRCLE_USERNAME: "anna",
      CIRCLE_BUILD_URL: "https://circleci.com/gh/octo/app/33",
    },
    {
      provider: "circleci",
      repository: "git@github.com:octo/app.git",
      commit: COMMIT,
      ref: "v1",
      pipeline: "5034460f-c7c4-4c43-9457-de07e2029e7b",
      job: "33",
      url: "https://circleci.com/gh/octo/app/33",
      actor: "anna",
    },
  ],
  [
    "Buildkite, which does not know the commit yet",
    {
      BUILDKITE: "true",
      CI: "true",
      BUILDKITE_REPO: "https://github.com/octo/app.git",
      BUILDKITE_COMMIT: "HEAD",
      BUILDKITE_BRANCH: "main",
      BUILDKITE_BUILD_ID: "4735ba57",
      BUILDKITE_JOB_ID: "e44f9784",
      BUILDKITE_BUILD_URL: "https://buildkite.com/acme/app/builds/1514",
      BUILDKITE_BUILD_CREATOR: "Anna",
    },
    {
      provider: "buildkite",
      repository: "https://github.com/octo/app.git",
      commit: null,
      ref: "main",
      pipeline: "4735ba57",
      job: "e44f9784",
      url: "https://buildkite.com/acme/app/builds/1514",
      actor: "Anna",
    },
  ],
  [
    "Azure",
    {
      TF_BUILD: "True",
      BUILD_REPOSITORY_NAME: "app",
      BUILD_SOURCEVERSION: COMMIT,
      BUILD_SOURCEBRANCH: "refs/heads/main",
      BUILD_BUILDID: "512",
      SYSTEM_JOBID: "12f1170f",
      BUILD_REQUESTEDFOR: "Anna A.",
      SYSTEM_TEAMFOUNDATIONCOLLECTIONURI: "https://dev.azure.com/acme/",
      SYSTEM_TEAMPROJECT: "shop",
      SYSTEM_ACCESSTOKEN: "secret",
    },
    {
      provider: "azure",
      repository: "app",
      commit: COMMIT,
      ref: "refs/heads/main",
      pipeline: "512",
      job: "12f1170f",
      url: "https://dev.azure.com/acme/shop/_build/results",
      actor: "Anna A.",
    },
  ],
  [
    "Bitbucket",
    {
      CI: "true",
      BITBUCKET_BUILD_NUMBER: "8",
      BITBUCKET_COMMIT: COMMIT,
      BITBUCKET_BRANCH: "main",
      BITBUCKET_REPO_FULL_NAME: "acme/app",
      BITBUCKET_PIPELINE_UUID: "{2d2a5b1c}",
      BITBUCKET_STEP_UUID: "{9f}",
      BITBUCKET_STEP_TRIGGERER_UUID: "{aa}",
      BITBUCKET_GIT_HTTP_ORIGIN: "http://bitbucket.org/acme/app",
    },
    {
      provider: "bitbucket",
      repository: "acme/app",
      commit: COMMIT,
      ref: "main",
      pipeline: "{2d2a5b1c}",
      job: "{9f}",
      url: "http://bitbucket.org/acme/app/pipelines/results/8",
      actor: "{aa}",
    },
  ],
  [
    "Woodpecker",
    { CI: "woodpecker", CI_REPO: "a/b", CI_COMMIT_SHA: COMMIT, CI_PIPELINE_NUMBER: "3" },
    { ...NOTHING, provider: "woodpecker", repository: "a/b", commit: COMMIT, pipeline: "3" },
  ],
  [
    "Drone",
    { CI: "true", DRONE: "true", DRONE_REPO: "a/b", DRONE_BUILD_LINK: "javascript:alert(1)" },
    { ...NOTHING, provider: "drone", repository: "a/b" },
  ],
])("%s", (_, env, wanted) => {
  expect(pipelineOf(env)).toEqual(wanted);
});

test("each provider has a name of its own", () => {
  const ids = CI_PROVIDERS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});

const NAMES = [
  ...new Set(
    CI_PROVIDERS.flatMap((p) => [p.mark[0], ...p.repository, ...p.commit, ...p.ref, ...p.actor]),
  ),
];

test("never throws, bounds every text, and looks at no other variable", () => {
  const env = fc.dictionary(fc.constantFrom(...NAMES, "SECRET"), fc.string({ size: "large" }));
  fc.assert(
    fc.property(env, (variables) => {
      const seen = pipelineOf({ ...variables, SECRET: "do-not-tell" });
      const texts = Object.values(seen ?? {}).filter((text) => text !== null);
      expect(texts.every((text) => text.length <= 300 && !text.includes("do-not-tell"))).toBe(true);
    }),
  );
});
