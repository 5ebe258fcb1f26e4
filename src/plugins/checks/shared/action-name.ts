// What `uses` says: whose action, and which version of it.
import type { Template } from "../../../model/pipeline.ts";

export interface ActionUse {
  /** `owner/repo`, in lower case. */
  readonly repository: string;
  /** Folder in it, with a leading slash; `""` for the repository itself. */
  readonly folder: string;
  /** Branch, tag or commit; `""` when none is named. */
  readonly ref: string;
}

/** null for what lies in the repository itself, for images, and for anything that names no action. */
export function actionUse(uses: Template | null | undefined): ActionUse | null {
  const [, repository, folder = "", ref = ""] = USES.exec(uses?.value.trim() ?? "") ?? [];
  return repository === undefined ? null : { repository: repository.toLowerCase(), folder, ref };
}

const USES = /^([A-Za-z0-9][A-Za-z0-9_-]*\/[A-Za-z0-9._-]+)(\/[^@\s]*)?(?:@(\S+))?$/;

/** `owner/repo` in lower case. */
export function actionName(uses: Template | null | undefined): string | null {
  return actionUse(uses)?.repository ?? null;
}

/** Whether a ref is a commit, which nobody can move. */
export function isCommit(ref: string): boolean {
  return /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(ref);
}
