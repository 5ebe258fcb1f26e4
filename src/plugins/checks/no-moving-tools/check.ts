import type { Pipeline } from "../../../model/pipeline.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { actionName } from "../shared/action-name.ts";
import { gitlab, steps } from "../shared/pipeline-examples.ts";
import { commandsOf, PipelineSaid, stepsOf } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";

export const noMovingTools: CheckOf<Pipeline> = {
  id: "no-moving-tools",
  title: "tools of a pipeline are fetched by a version, not as the latest",
  severity: "low",
  why: "whoever publishes the next version, or takes over the name, runs it in the pipeline before anybody has looked at it",
  fix: "name a version, or a digest for an image, and let an update tool move it",
  controls: controls({ "owasp-cicd": ["CICD-SEC-3"], attack: ["T1195.001"] }),
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", { run: "npx semantic-release@latest" }),
      steps("push", { run: "go install example.org/tool@latest" }),
      gitlab({ script: ["docker run --rm scanner.example/scan:latest ."] }),
      steps("push", { uses: "aquasecurity/setup-trivy@v1", with: { version: "latest" } }),
    ],
    good: [
      steps("push", { run: "npx semantic-release@24.2.0" }),
      steps("push", { run: "docker build -t app:latest . && docker run app:latest test" }),
      gitlab({ script: ["docker run --rm scanner.example/scan:1.4 ."] }),
      steps("push", { uses: "aquasecurity/setup-trivy@v1", with: { version: "v0.66.0" } }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        const said = new PipelineSaid();
        for (const { job, command, all } of commandsOf(pipeline, said)) {
          const tool = toolIn(command) ?? imageIn(command, all);
          if (tool !== null)
            said.fault(job, command.at, `runs the latest ${tool} by ${command.name}`, {
              value: tool,
            });
        }
        for (const { job, step } of stepsOf(pipeline)) {
          const name = actionName(step.uses) ?? "";
          const input = TOOLS.test(name) ? step.with.find(isLatest) : undefined;
          if (input !== undefined)
            said.fault(job, input.at, `runs the latest version by ${name}`, { value: "latest" });
        }
        return said.all;
      },
    },
  ],
};

/** Actions that install what looks for flaws. */
const TOOLS =
  /trivy|grype|syft|scan|cosign|gitleaks|trufflehog|semgrep|checkov|snyk|hadolint|kics|bulwark/;

function isLatest({
  name,
  value,
}: {
  readonly name: string;
  readonly value: { readonly value: string };
}): boolean {
  return /version$/.test(name) && value.value.trim() === "latest";
}

const RUNNERS: ReadonlySet<string> = new Set(["npx", "bunx", "pnpx", "uvx", "pipx"]);

function toolIn({ name, words }: ShellCommand): string | null {
  const isRunner =
    RUNNERS.has(name ?? "") ||
    (name === "go" && (words[0]?.value === "install" || words[0]?.value === "run")) ||
    (["pnpm", "yarn"].includes(name ?? "") && words[0]?.value === "dlx");
  const tool = isRunner ? words.find(({ value }) => /.@(?:latest|main|master)$/.test(value)) : null;
  return tool?.value ?? null;
}

/** An image by `latest`; what the script makes itself is passed over. */
function imageIn({ name, words }: ShellCommand, all: readonly ShellCommand[]): string | null {
  const verb = words[0]?.value;
  const isEngine = name === "docker" || name === "podman" || name === "nerdctl";
  if (!isEngine || !["run", "pull", "create"].includes(verb ?? "")) return null;
  const image = words.find(({ value }) => /^[\w./-]+\/[\w.-]+:latest$/.test(value))?.value;
  const isMade = all.some(({ words: others }) => others.some(({ value }) => MADE.test(value)));
  return image === undefined || isMade ? null : image;
}

const MADE = /^(?:build|buildx|load|import|tag|commit)$/;
