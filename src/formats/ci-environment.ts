// In which pipeline a process runs, as its environment tells. Nobody checks what stands there: whoever may write a job may
// write its environment. Only variables of the table are looked at, so that no secret gets out of it.
import { withoutCredentials } from "../kit/credentials.ts";
import { printable } from "../kit/text.ts";
import type { PipelineRun } from "../model/evidence-entry.ts";
import { CI_PROVIDERS } from "./ci-environment.data.ts";

const TEXT_MAX = 300;
const COMMIT = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Recognises the pipeline; null when none says that it is one. */
export function pipelineOf(env: Readonly<Record<string, string | undefined>>): PipelineRun | null {
  const value = (name: string): string | null => {
    const text = printable(withoutCredentials((env[name] ?? "").slice(0, 4000)), TEXT_MAX);
    return text === "" ? null : text;
  };
  const first = (names: readonly string[]): string | null => {
    for (const name of names) {
      const found = value(name);
      if (found !== null) return found;
    }
    return null;
  };
  const provider = CI_PROVIDERS.find(({ mark: [name, wanted] }) => {
    const found = value(name)?.toLowerCase() ?? null;
    if (found === null || found === "false" || found === "0") return false;
    return wanted === null || found === wanted;
  });
  if (provider === undefined) return null;
  const commit = first(provider.commit);
  return {
    provider: provider.id,
    repository: first(provider.repository),
    // Buildkite says HEAD until it knows.
    commit: commit !== null && COMMIT.test(commit) ? commit : null,
    ref: first(provider.ref),
    pipeline: first(provider.pipeline),
    job: first(provider.job),
    url: provider.url.map((form) => filled(form, value)).find((url) => url !== null) ?? null,
    actor: first(provider.actor),
  };
}

/** Null when a variable of the form is not set, or what comes of it is no address. */
function filled(form: string, value: (name: string) => string | null): string | null {
  let isWhole = true;
  const text = form.replace(/\$([A-Z_]+)/g, (_, name: string) => {
    const found = value(name);
    isWhole &&= found !== null;
    return found ?? "";
  });
  return isWhole && /^https?:\/\//.test(text)
    ? printable(withoutCredentials(text), TEXT_MAX)
    : null;
}
