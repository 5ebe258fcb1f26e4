import type { Pipeline } from "../../../model/pipeline.ts";
import { valuesIn } from "../../../model/pipeline-expression.ts";
import type { ShellCommand } from "../../../model/shell.ts";
import type { CheckOf } from "../../../stages/check/contract.ts";
import { gitlab, steps } from "../shared/pipeline-examples.ts";
import { commandsOf, PipelineSaid, type WithinScript } from "../shared/pipeline-said.ts";
import { controls } from "../shared/said.ts";
import { isSecretName } from "../shared/secret.ts";
import { variable, variablesIn } from "../shared/strangers-texts.ts";

const TOKEN = "${{ secrets.DEPLOY_TOKEN }}";

export const noPrintedSecrets: CheckOf<Pipeline> = {
  id: "no-printed-secrets",
  title: "no script prints a secret, or writes it on a command line that is known to show it",
  severity: "medium",
  why: "logs are read by more people than secrets are meant for, and masking knows a secret only as it was stored",
  fix: "print nothing of it, and hand passwords to programs on their standard input (--password-stdin)",
  controls: controls({ "owasp-cicd": ["CICD-SEC-6"], attack: ["T1552"] }),
  aspects: { argument: { severity: "low" } },
  needs: [],
  state: "stable",
  appliesTo: "pipeline",
  examples: {
    bad: [
      steps("push", { run: 'echo "token: $TOKEN"', env: { TOKEN } }),
      steps("push", { run: 'echo "$TOKEN" | base64', env: { TOKEN } }),
      gitlab({ script: ["echo $CI_JOB_TOKEN"] }),
      gitlab({ script: ["printenv"] }),
      gitlab({
        script: ["docker login -u $CI_REGISTRY_USER -p $CI_REGISTRY_PASSWORD $CI_REGISTRY"],
      }),
    ],
    good: [
      steps("push", { run: 'echo "$TOKEN" | docker login --password-stdin', env: { TOKEN } }),
      steps("push", { run: 'echo "$TOKEN" > token', env: { TOKEN } }),
      steps("push", { run: 'echo "::add-mask::$TOKEN"', env: { TOKEN } }),
      steps("push", { run: "env | sort" }),
      gitlab({ script: ["env > build.env"] }),
      gitlab({ script: ["echo $CI_COMMIT_SHA", 'test -n "$CI_JOB_TOKEN"'] }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (pipeline) => {
        const said = new PipelineSaid();
        for (const within of commandsOf(pipeline, said)) look(within, said);
        return said.all;
      },
    },
  ],
};

const PRINTERS: ReadonlySet<string> = new Set(["echo", "printf", "print"]);
/** Programs that write what they read in other letters, in which no masking knows it. */
const TRANSFORMERS: ReadonlySet<string> = new Set(
  "sort base64 base32 xxd od hexdump rev tr sed cut head tail fold cat tee".split(" "),
);

function look(within: WithinScript, said: PipelineSaid): void {
  const { command, job, all } = within;
  const { name, words, at } = command;
  const isMask = words.some(({ value }) => value.startsWith("::add-mask::"));
  if (PRINTERS.has(name ?? "") && !isMask && isPrinted(command, all)) {
    for (const secret of new Set(words.flatMap(variablesIn)))
      if (isSecret(secret, within))
        said.fault(job, at, `prints $${secret}`, { value: `$${secret}` });
  }
  if (isListing(command) && isPrinted(command, all)) lookAtListing(within, said);
  const password = passwordIn(command);
  if (password !== null && variablesIn(password).some((one) => isSecret(one, within)))
    said.fault(job, at, `writes ${password.value} on the command line of ${name} login`, {
      value: password.value,
      aspect: "argument",
    });
}

/** `env`, `printenv`, `export -p`: all variables that there are. */
function isListing({ name, words }: ShellCommand): boolean {
  if (name === "printenv" || name === "env") return words.length === 0;
  return (name === "export" || name === "declare") && words[0]?.value === "-p";
}

/** GitLab gives a job every variable of its project; GitHub only those that are named. */
function lookAtListing(within: WithinScript, said: PipelineSaid): void {
  const { pipeline, job, step, command } = within;
  const named = [...pipeline.environment, ...job.environment, ...step.environment];
  const isAny = pipeline.platform === "gitlab" || named.some(({ name }) => isSecret(name, within));
  if (isAny) said.fault(job, command.at, "prints all of its variables", { aspect: "argument" });
}

/** Whether what it writes ends in the log. */
function isPrinted(command: ShellCommand, all: readonly ShellCommand[]): boolean {
  let at = command;
  for (let steps = 0; steps <= all.length; steps += 1) {
    if (at.into.length > 0) return at.into.every(({ value }) => value.startsWith("/dev/std"));
    if (at.feeds === null) return true;
    const next = all[at.feeds];
    if (next === undefined || !TRANSFORMERS.has(next.name ?? "")) return false;
    at = next;
  }
  return false;
}

/** What a variable holds: by the secrets that are put into it, or, where the platform keeps them, by its name. */
function isSecret(name: string, within: WithinScript): boolean {
  const written = variable(name, within)?.value;
  if (within.pipeline.platform === "gitlab") return written === undefined && isSecretName(name);
  const paths = written?.holes.flatMap(({ expression }) =>
    expression === null ? [] : valuesIn(expression),
  );
  return paths?.some((path) => path[0] === "secrets" || path.join(".") === "github.token") === true;
}

const LOGINS: ReadonlySet<string> = new Set([
  "docker",
  "podman",
  "buildah",
  "skopeo",
  "helm",
  "crane",
]);

function passwordIn({ name, words }: ShellCommand): ShellCommand["words"][number] | null {
  if (!LOGINS.has(name ?? "") || !words.some(({ value }) => value === "login")) return null;
  const option = words.findIndex(({ value }) => value === "-p" || value === "--password");
  return words[option + 1] !== undefined && option !== -1
    ? (words[option + 1] ?? null)
    : (words.find(({ value }) => value.startsWith("--password=")) ?? null);
}
