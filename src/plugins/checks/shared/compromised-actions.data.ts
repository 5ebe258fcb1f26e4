// Versions of actions that were malicious, or have a flaw that strangers can use.

export interface CompromisedAction {
  /** In lower case. */
  readonly repository: string;
  /** Commits that are it, wherever they are named. */
  readonly commits: readonly string[];
  /** Tags from the first of them to before the second; all tags when there are none. null for commits alone. */
  readonly tags: readonly [from: readonly number[], before: readonly number[]] | null;
  readonly isMalicious: boolean;
  /** `CVE-2025-30066: its tags were moved to code that prints secrets`. */
  readonly what: string;
}

const ALL: CompromisedAction["tags"] = [[0], [1_000_000]];

/** @see https://github.com/advisories?query=type%3Areviewed+ecosystem%3Aactions */
export const COMPROMISED_ACTIONS: readonly CompromisedAction[] = [
  {
    repository: "tj-actions/changed-files",
    commits: ["0e58ed8671d6b60d0890c21b07f8835ace038e67"],
    tags: [[0], [46]],
    isMalicious: true,
    what: "CVE-2025-30066: its tags were moved in March 2025 to code that prints secrets",
  },
  {
    repository: "reviewdog/action-setup",
    commits: ["f0d342d24037bb11d26b9bd8496e0808ba32e9ec"],
    tags: null,
    isMalicious: true,
    what: "CVE-2025-30154: its tag was moved in March 2025 to code that prints secrets",
  },
  {
    repository: "aquasecurity/trivy-action",
    commits: [],
    tags: [[0], [0, 35]],
    isMalicious: true,
    what: "its tags were moved in March 2026 to code that steals credentials",
  },
  {
    repository: "actions-cool/issues-helper",
    commits: [],
    tags: ALL,
    isMalicious: true,
    what: "its tags were moved in May 2026 to code that steals credentials",
  },
  {
    repository: "actions-cool/maintain-one-comment",
    commits: [],
    tags: ALL,
    isMalicious: true,
    what: "its tags were moved in May 2026 to code that steals credentials",
  },
  {
    repository: "actions/download-artifact",
    commits: [],
    tags: [
      [4, 0],
      [4, 1, 3],
    ],
    isMalicious: false,
    what: "CVE-2024-42471: an artifact can write files outside of its folder",
  },
  {
    repository: "tj-actions/branch-names",
    commits: [],
    tags: [[0], [7, 0, 7]],
    isMalicious: false,
    what: "CVE-2023-49291: the name of a branch is run as a script",
  },
  {
    repository: "rlespinasse/github-slug-action",
    commits: [],
    tags: [
      [4, 0],
      [4, 4, 1],
    ],
    isMalicious: false,
    what: "CVE-2023-27581: the name of a branch is run as a script",
  },
];
