// Files of pipelines: workflows and actions of GitHub, pipelines of GitLab.
import type { ObjectFile } from "../formats/object-file.ts";
import type { Pipeline } from "../model/pipeline.ts";
import type { FileKind, NamedBytes, ReadSubject } from "./file-kind.ts";

const YAML = /\.ya?ml$/i;
/** Where GitHub looks for them: a file there is one, or is wrong. */
const WORKFLOW = /(?:^|[\\/])\.github[\\/]workflows[\\/][^\\/]+$/;
/** What GitLab's are called, and where their parts lie by custom: nothing else tells them. */
const GITLAB =
  /(?:^|[.\\/-])gitlab-ci\.ya?ml$|(?:^|[\\/])\.gitlab(?:-ci)?[\\/](?!agents|dashboards).*\.ya?ml$/i;
/** Elsewhere a file is one when it says so: most of a project are not, and need not be parsed. */
const SAYS_SO = /^(?:["']?on["']?|runs)\s*:/m;

export const pipelineFiles: FileKind = {
  wants: (path) => YAML.test(path),
  read: readPipelines,
};

async function readPipelines({ path, bytes, digest }: NamedBytes): Promise<ReadSubject[] | null> {
  if (!YAML.test(path)) return null;
  const isMeant = WORKFLOW.test(path);
  const isGitlab = GITLAB.test(path);
  if (!isMeant && !isGitlab && !SAYS_SO.test(bytes.toString("utf8"))) return null;
  const { readObjectFile } = await import("../formats/object-file.ts");
  const file = readObjectFile(bytes, path);
  const subjects = isGitlab ? await gitlabIn(file) : await githubIn(file);
  if (subjects.length === 0) return isMeant || isGitlab ? [] : null;
  return subjects.map(({ subject, document }) => ({
    path,
    subject,
    places: (pointers) => file.places(document, pointers),
    editable: { document, of: digest },
  }));
}

interface InDocument {
  readonly subject: Pipeline;
  readonly document: number;
}

async function githubIn({ documents }: ObjectFile): Promise<InDocument[]> {
  const github = await import("../formats/pipeline/github.ts");
  const [first] = documents;
  if (github.isWorkflow(first)) return [{ subject: github.readWorkflow(first), document: 0 }];
  return github.isAction(first) ? [{ subject: github.readAction(first), document: 0 }] : [];
}

/** With a header (`spec:`) the pipeline is the second document. */
async function gitlabIn({ documents }: ObjectFile): Promise<InDocument[]> {
  const { readGitlab } = await import("../formats/pipeline/gitlab.ts");
  const document = documents.length - 1;
  return document < 0 ? [] : [{ subject: readGitlab(documents[document]), document }];
}
