// What somebody without any right in a repository can make a pipeline of GitHub read, and what starts it.
// @see https://docs.github.com/actions/reference/security/secure-use and …/events-that-trigger-workflows

const REVIEWS = ["pull_request_review", "pull_request_review_comment"];
const PULLS = ["pull_request", "pull_request_target", ...REVIEWS];

/** Events that anybody can cause in a public repository. */
export const OPEN_EVENTS: ReadonlySet<string> = new Set([
  ...PULLS,
  "issues",
  "issue_comment",
  "discussion",
  "discussion_comment",
  "fork",
  "watch",
  "gollum",
  "workflow_run",
  // Whatever starts the caller.
  "workflow_call",
]);

/** Those of them after which secrets are withheld from forks, and the token may only read. */
export const HARMLESS_EVENTS: ReadonlySet<string> = new Set(["pull_request", ...REVIEWS]);

/** Texts that strangers write, by the way to them, and the events that carry them. */
export const STRANGERS_TEXTS: readonly (readonly [path: string, events: readonly string[]])[] = [
  ["github.event.issue.title", ["issues", "issue_comment"]],
  ["github.event.issue.body", ["issues", "issue_comment"]],
  ["github.event.comment.body", ["issue_comment", "pull_request_review_comment", "discussion_comment"]],
  ["github.event.review.body", REVIEWS],
  ["github.event.discussion.title", ["discussion", "discussion_comment"]],
  ["github.event.discussion.body", ["discussion", "discussion_comment"]],
  ["github.event.pull_request.title", PULLS],
  ["github.event.pull_request.body", PULLS],
  ["github.event.pull_request.head.ref", PULLS],
  ["github.event.pull_request.head.label", PULLS],
  ["github.event.pull_request.head.repo.default_branch", PULLS],
  ["github.event.pull_request.head.repo.description", PULLS],
  ["github.event.pull_request.head.repo.homepage", PULLS],
  ["github.event.changes.title.from", ["issues", "discussion", ...PULLS]],
  ["github.event.changes.body.from", ["issues", "issue_comment", "discussion", ...PULLS]],
  ["github.head_ref", ["pull_request", "pull_request_target"]],
  ["github.event.forkee.default_branch", ["fork"]],
  ["github.event.forkee.description", ["fork"]],
  ["github.event.forkee.homepage", ["fork"]],
  ["github.event.pages.*.page_name", ["gollum"]],
  ["github.event.pages.*.title", ["gollum"]],
  ["github.event.commits.*.message", ["push"]],
  ["github.event.commits.*.author.email", ["push"]],
  ["github.event.commits.*.author.name", ["push"]],
  ["github.event.head_commit.message", ["push"]],
  ["github.event.head_commit.author.email", ["push"]],
  ["github.event.head_commit.author.name", ["push"]],
  ["github.event.merge_group.head_commit.message", ["merge_group"]],
  ["github.event.workflow_run.head_branch", ["workflow_run"]],
  ["github.event.workflow_run.display_title", ["workflow_run"]],
  ["github.event.workflow_run.head_commit.message", ["workflow_run"]],
  ["github.event.workflow_run.head_commit.author.email", ["workflow_run"]],
  ["github.event.workflow_run.head_commit.author.name", ["workflow_run"]],
  ["github.event.workflow_run.head_repository.description", ["workflow_run"]],
  ["github.event.workflow_run.pull_requests.*.head.ref", ["workflow_run"]],
];

/** Outputs of actions that are names of a stranger's files or branches. */
export const STRANGERS_OUTPUTS: ReadonlyMap<string, readonly string[]> = new Map([
  [
    "tj-actions/changed-files",
    ["all_changed_files", "all_changed_and_modified_files", "all_modified_files", "added_files", "copied_files", "modified_files", "renamed_files", "other_changed_files", "all_old_new_renamed_files"],
  ],
  ["tj-actions/branch-names", ["current_branch", "head_ref_branch", "ref_branch"]],
  ["xt0rted/pull-request-comment-branch", ["head_ref"]],
  ["eficode/resolve-pr-refs", ["head_ref"]],
  ["potiuk/get-workflow-origin", ["sourceheadbranch"]],
]);

/** Inputs of actions that are run as code, in lower case. */
export const CODE_INPUTS: ReadonlyMap<string, readonly string[]> = new Map([
  ["actions/github-script", ["script"]],
  ["amadevus/pwsh-script", ["script"]],
  ["appleboy/ssh-action", ["script"]],
  ["azure/cli", ["inlinescript"]],
  ["azure/powershell", ["inlinescript"]],
  ["jannekem/run-python-script-action", ["script"]],
  ["mikefarah/yq", ["cmd"]],
  ["nick-fields/retry", ["command", "on_retry_command"]],
  ["cloudflare/wrangler-action", ["command", "precommands", "postcommands"]],
  ["reactivecircus/android-emulator-runner", ["script", "pre-emulator-launch-script"]],
  ["addnab/docker-run-action", ["run"]],
  ["vmactions/freebsd-vm", ["run", "prepare"]],
]);

/**
 * Variables of GitLab that hold what the author of a commit or of a merge request wrote.
 *
 * @see https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export const GITLAB_TEXTS: ReadonlySet<string> = new Set([
  "CI_COMMIT_AUTHOR",
  "CI_COMMIT_BRANCH",
  "CI_COMMIT_DESCRIPTION",
  "CI_COMMIT_MESSAGE",
  "CI_COMMIT_REF_NAME",
  "CI_COMMIT_TAG",
  "CI_COMMIT_TAG_MESSAGE",
  "CI_COMMIT_TITLE",
  "CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME",
  "CI_MERGE_REQUEST_DESCRIPTION",
  "CI_MERGE_REQUEST_LABELS",
  "CI_MERGE_REQUEST_SOURCE_BRANCH_NAME",
  "CI_MERGE_REQUEST_TITLE",
]);
