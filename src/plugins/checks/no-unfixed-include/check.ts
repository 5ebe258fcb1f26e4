import type { Include, Pipeline } from "../../../model/pipeline.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { isCommit } from "../shared/action-name.ts";
import { COMMIT, gitlab } from "../shared/pipeline-examples.ts";
import { PipelineSaid } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

const PROJECT = { project: "platform/ci", file: "/build.yml" };

export const noUnfixedInclude: CheckOf<Pipeline> = {
  id: "no-unfixed-include",
  title: "what a pipeline includes from elsewhere is fixed",
  severity: "medium",
  why: "whoever may change the included file adds jobs to the pipeline, with its variables and its token",
  fix: "give remote files integrity: sha256-…, projects a commit as ref, and components a commit or a full version",
  controls: controls({ "owasp-cicd": ["CICD-SEC-3", "CICD-SEC-8"], attack: ["T1195.001"] }),
  aspects: { plain: { severity: "high" }, project: { severity: "low" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      gitlab({}, { include: "https://ci.example/build.yml" }),
      gitlab({}, { include: [{ remote: "http://ci.example/build.yml" }] }),
      gitlab({}, { include: [PROJECT] }),
      gitlab({}, { include: [{ ...PROJECT, ref: "main" }] }),
      gitlab({}, { include: [{ component: "gitlab.example/platform/build/job@~latest" }] }),
    ],
    good: [
      gitlab({}, { include: ["/ci/build.yml", { template: "Jobs/SAST.gitlab-ci.yml" }] }),
      gitlab({}, { include: [{ ...PROJECT, ref: COMMIT }] }),
      gitlab(
        {},
        {
          include: [
            { remote: "https://ci.example/b.yml", integrity: "sha256-AAAA" },
            { component: "gitlab.example/platform/build/job@1.4.2" },
          ],
        },
      ),
    ],
  },
  versions: [
    {
      from: 0,
      run: ({ platform, includes }) => {
        if (platform !== "gitlab") return "not-applicable";
        const said = new PipelineSaid();
        for (const include of includes) {
          const { name: value, at } = include;
          if (value.includes("$") && include.kind !== "local") {
            said.doubt(null, at, `what is included depends on a variable: ${value}`);
            continue;
          }
          const found = looseness(include);
          if (found !== null) said.fault(null, at, found.state, { value, ...found.aspect });
        }
        return said.all;
      },
    },
  ],
};

interface Looseness {
  readonly state: string;
  readonly aspect: { readonly aspect?: string };
}

function looseness({ kind, name, ref, isDigested }: Include): Looseness | null {
  switch (kind) {
    case "remote":
      if (isDigested) return null;
      return name.startsWith("http:")
        ? {
            state: `includes ${name}, which anybody on the way can change`,
            aspect: { aspect: "plain" },
          }
        : { state: `includes ${name} without its digest`, aspect: {} };
    case "project": {
      if (ref !== null && isCommit(ref)) return null;
      const which = ref === null ? "its default branch" : ref;
      return { state: `includes a file of ${name} as of ${which}`, aspect: { aspect: "project" } };
    }
    case "component": {
      const version = name.slice(name.lastIndexOf("@") + 1);
      if (isCommit(version) || /^\d+\.\d+\.\d+$/.test(version)) return null;
      return {
        state: `includes the component ${name}, which moves`,
        aspect: { aspect: "project" },
      };
    }
    default:
      return null;
  }
}
