import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { crcBase62, gitlabRoutable, jsonInside } from "../shared/checks.ts";
import { named, token } from "../shared/rows.ts";

const GITHUB = { at: "GitHub", check: crcBase62("_") };
const GITLAB = { at: "GitLab" };
const ATLASSIAN = { at: "Atlassian" };

export const codeHosts: SecretGroup = {
  id: "code-hosts",
  title: "Code hosts",
  needs: [],
  state: "trial",
  kinds: [
    token(["github-classic-token", "GitHub personal access token (classic)", "ghp_<base62:36>"], { ...GITHUB, severity: "critical" }),
    token(["github-oauth-token", "GitHub OAuth access token", "gho_<base62:36>"], GITHUB),
    token(["github-user-token", "GitHub app user token", "ghu_<base62:36>"], GITHUB),
    token(["github-server-token", "GitHub app installation token", "ghs_<base62:36>"], GITHUB),
    token(
      [
        "github-stateless-token",
        "GitHub app installation token (stateless)",
        ["ghs_eyJ<base64url:15-400>.eyJ<base64url:30-1500>.<base64url:40-800>", "ghs_<digits:1-12>_eyJ<base64url:15-400>.eyJ<base64url:30-1500>.<base64url:40-800>"],
      ],
      {
        ...GITHUB,
        severity: "medium",
        check: jsonInside(/^ghs_(?:\d+_)?/),
      },
    ),
    token(["github-refresh-token", "GitHub app refresh token", ["ghr_<base62:36>", "ghr_<base62:76>"]], GITHUB),
    token(["github-fine-grained-token", "GitHub personal access token (fine-grained)", "github_pat_<base62:22>_<base62:59>"], { at: "GitHub", severity: "critical" }),
    token(["gitlab-personal-token", "GitLab personal access token", "glpat-<base64url:20>"], { ...GITLAB, severity: "critical" }),
    token(["gitlab-routable-token", "GitLab personal access token (routable)", "glpat-<base64url:27-300>.<base36:9>"], { ...GITLAB, severity: "critical", check: gitlabRoutable }),
    token(["gitlab-deploy-token", "GitLab deploy token", "gldt-<base64url:20>"], GITLAB),
    token(["gitlab-runner-token", "GitLab runner authentication token", ["glrt-<base64url:20>", "glrtr-<base64url:20>", "glrt-t<digits:1>_<base64url:27-300>.<base36:9>"]], GITLAB),
    token(["gitlab-runner-registration", "GitLab runner registration token", "GR1348941<base64url:20>"], GITLAB),
    token(["gitlab-trigger-token", "GitLab pipeline trigger token", "glptt-<hex:40>"], GITLAB),
    token(["gitlab-job-token", "GitLab CI job token", "glcbt-<base62:1-5>_<base64url:20>"], { ...GITLAB, severity: "medium" }),
    token(["gitlab-session", "GitLab session cookie", "_gitlab_session=<base36:32>"], { ...GITLAB, severity: "medium" }),
    token(["gitlab-feed-token", "GitLab feed token", "glft-<base64url:20>"], { ...GITLAB, severity: "medium" }),
    token(["gitlab-mail-token", "GitLab incoming mail token", "glimt-<base64url:25>"], { ...GITLAB, severity: "medium" }),
    token(["gitlab-oauth-secret", "GitLab OAuth application secret", "gloas-<base64url:64>"], GITLAB),
    token(["gitlab-agent-token", "GitLab agent token for Kubernetes", "glagent-<base64url:50>"], GITLAB),
    token(["gitlab-scim-token", "GitLab SCIM token", "glsoat-<base64url:20>"], GITLAB),
    token(["gitlab-feature-flags-token", "GitLab feature flags client token", "glffct-<base64url:20>"], { ...GITLAB, severity: "medium" }),
    token(["bitbucket-app-password", "Bitbucket app password", "ATBB<base62:32>"], { at: "Bitbucket" }),
    token(["bitbucket-repository-token", "Bitbucket repository access token", "ATCTT3xFfG<base64url:150-220>=<HEX:8>"], { at: "Bitbucket" }),
    token(["atlassian-api-token", "Atlassian API token", "ATATT3xFfG<base64url:150-220>=<HEX:8>"], ATLASSIAN),
    token(["trello-token", "Trello API token", "ATTA<anyhex:64-80>"], ATLASSIAN),
    token(["azure-devops-token", "Azure DevOps personal access token", "<base62:76>AZDO<base62:4>"], { at: "Azure DevOps", severity: "critical" }),
    token(["sourcegraph-token", "Sourcegraph access token", ["sgp_<anyhex:40>", "sgp_<anyhex:16>_<anyhex:40>", "sgp_local_<anyhex:40>", "slk_<hex:64>"]], { at: "Sourcegraph" }),
    named(["gitea-token", "Gitea or Forgejo access token", "<hex:40>"], { words: ["gitea", "forgejo", "codeberg"], at: "the Gitea server" }),
  ],
};
