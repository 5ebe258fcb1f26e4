// What each CI says of itself in the environment of its jobs. Only variables that stand here are ever looked at.

/** How to recognise a CI, and under which of its variables stands what; the first that is set counts. */
export interface CiProvider {
  readonly id: string;
  /** A variable, and the value that it must have; null: any but none. */
  readonly mark: readonly [name: string, value: string | null];
  readonly repository: readonly string[];
  readonly commit: readonly string[];
  readonly ref: readonly string[];
  readonly pipeline: readonly string[];
  readonly job: readonly string[];
  readonly actor: readonly string[];
  /** `$NAME` stands for a variable; the first of which every variable is set counts. */
  readonly url: readonly string[];
}

/** In the order in which they are tried: those that imitate another stand before it. */
export const CI_PROVIDERS: readonly CiProvider[] = [
  {
    // Forgejo and Gitea set what GitHub sets, and this. https://docs.gitea.com/usage/actions/actions-variables
    id: "gitea",
    mark: ["GITEA_ACTIONS", "true"],
    repository: ["GITHUB_REPOSITORY"],
    commit: ["GITHUB_SHA"],
    ref: ["GITHUB_REF"],
    pipeline: ["GITHUB_RUN_ID"],
    job: ["GITHUB_JOB"],
    actor: ["GITHUB_ACTOR"],
    url: ["$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_NUMBER"],
  },
  {
    // https://docs.github.com/en/actions/reference/variables-reference
    // The triggering actor is who pressed "run again"; the actor is who pushed.
    id: "github",
    mark: ["GITHUB_ACTIONS", "true"],
    repository: ["GITHUB_REPOSITORY"],
    commit: ["GITHUB_SHA"],
    ref: ["GITHUB_REF"],
    pipeline: ["GITHUB_RUN_ID"],
    job: ["GITHUB_JOB"],
    actor: ["GITHUB_TRIGGERING_ACTOR", "GITHUB_ACTOR"],
    url: ["$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID/attempts/$GITHUB_RUN_ATTEMPT", "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID"],
  },
  {
    // https://docs.gitlab.com/ci/variables/predefined_variables/
    id: "gitlab",
    mark: ["GITLAB_CI", null],
    repository: ["CI_PROJECT_PATH"],
    commit: ["CI_COMMIT_SHA"],
    ref: ["CI_COMMIT_REF_NAME"],
    pipeline: ["CI_PIPELINE_ID"],
    job: ["CI_JOB_ID"],
    actor: ["GITLAB_USER_LOGIN"],
    url: ["$CI_JOB_URL", "$CI_PIPELINE_URL"],
  },
  {
    // https://buildkite.com/docs/pipelines/configure/environment-variables
    id: "buildkite",
    mark: ["BUILDKITE", null],
    repository: ["BUILDKITE_REPO"],
    commit: ["BUILDKITE_COMMIT"],
    ref: ["BUILDKITE_TAG", "BUILDKITE_BRANCH"],
    pipeline: ["BUILDKITE_BUILD_ID"],
    job: ["BUILDKITE_JOB_ID"],
    actor: ["BUILDKITE_BUILD_CREATOR"],
    url: ["$BUILDKITE_BUILD_URL"],
  },
  {
    // https://circleci.com/docs/variables/
    id: "circleci",
    mark: ["CIRCLECI", null],
    repository: ["CIRCLE_REPOSITORY_URL", "CIRCLE_PROJECT_REPONAME"],
    commit: ["CIRCLE_SHA1"],
    ref: ["CIRCLE_TAG", "CIRCLE_BRANCH"],
    pipeline: ["CIRCLE_WORKFLOW_ID"],
    job: ["CIRCLE_WORKFLOW_JOB_ID", "CIRCLE_BUILD_NUM"],
    actor: ["CIRCLE_USERNAME"],
    url: ["$CIRCLE_BUILD_URL"],
  },
  {
    // https://learn.microsoft.com/azure/devops/pipelines/build/variables (dots become underscores, letters capitals)
    id: "azure",
    mark: ["TF_BUILD", null],
    repository: ["BUILD_REPOSITORY_NAME"],
    commit: ["BUILD_SOURCEVERSION"],
    ref: ["BUILD_SOURCEBRANCH"],
    pipeline: ["BUILD_BUILDID"],
    job: ["SYSTEM_JOBID"],
    actor: ["BUILD_REQUESTEDFOREMAIL", "BUILD_REQUESTEDFOR"],
    // Its pages are found by a query, which is left out as every query is; the number stands under `pipeline`.
    url: ["$SYSTEM_TEAMFOUNDATIONCOLLECTIONURI$SYSTEM_TEAMPROJECT/_build/results"],
  },
  {
    // https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
    id: "bitbucket",
    mark: ["BITBUCKET_BUILD_NUMBER", null],
    repository: ["BITBUCKET_REPO_FULL_NAME"],
    commit: ["BITBUCKET_COMMIT"],
    ref: ["BITBUCKET_TAG", "BITBUCKET_BRANCH"],
    pipeline: ["BITBUCKET_PIPELINE_UUID", "BITBUCKET_BUILD_NUMBER"],
    job: ["BITBUCKET_STEP_UUID"],
    actor: ["BITBUCKET_STEP_TRIGGERER_UUID"],
    url: ["$BITBUCKET_GIT_HTTP_ORIGIN/pipelines/results/$BITBUCKET_BUILD_NUMBER"],
  },
  {
    // https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables; the commit is set by the Git plugin
    // (https://plugins.jenkins.io/git/), the user by the build user vars plugin (https://plugins.jenkins.io/build-user-vars-plugin/).
    id: "jenkins",
    mark: ["JENKINS_URL", null],
    repository: ["GIT_URL"],
    commit: ["GIT_COMMIT"],
    ref: ["GIT_BRANCH", "BRANCH_NAME"],
    pipeline: ["BUILD_TAG", "BUILD_ID"],
    job: ["JOB_NAME"],
    actor: ["BUILD_USER_ID"],
    url: ["$BUILD_URL"],
  },
  {
    // https://docs.drone.io/pipeline/environment/reference/; Woodpecker has names of its own, below.
    id: "drone",
    mark: ["DRONE", "true"],
    repository: ["DRONE_REPO"],
    commit: ["DRONE_COMMIT_SHA"],
    ref: ["DRONE_COMMIT_REF"],
    pipeline: ["DRONE_BUILD_NUMBER"],
    job: ["DRONE_STEP_NAME"],
    actor: ["DRONE_BUILD_TRIGGER"],
    url: ["$DRONE_BUILD_LINK"],
  },
  {
    // https://woodpecker-ci.org/docs/usage/environment
    id: "woodpecker",
    mark: ["CI", "woodpecker"],
    repository: ["CI_REPO"],
    commit: ["CI_COMMIT_SHA"],
    ref: ["CI_COMMIT_REF"],
    pipeline: ["CI_PIPELINE_NUMBER"],
    job: ["CI_STEP_NAME"],
    actor: ["CI_COMMIT_AUTHOR"],
    url: ["$CI_PIPELINE_URL"],
  },
  {
    // No list is complete. Who runs another CI may set these; `CI` alone says that there is one.
    id: "generic",
    mark: ["CI", null],
    repository: ["BULWARK_CI_REPOSITORY"],
    commit: ["BULWARK_CI_COMMIT", "GIT_COMMIT", "COMMIT_SHA"],
    ref: ["BULWARK_CI_REF", "GIT_BRANCH"],
    pipeline: ["BULWARK_CI_PIPELINE", "BUILD_ID", "BUILD_NUMBER"],
    job: ["BULWARK_CI_JOB", "JOB_NAME"],
    actor: ["BULWARK_CI_ACTOR"],
    url: ["$BULWARK_CI_URL", "$BUILD_URL"],
  },
];
