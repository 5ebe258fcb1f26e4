// Files of pipelines: workflows and actions of GitHub.
import type { Pipeline } from "../model/pipeline.ts";
import type { FileKind, NamedBytes, ReadSubject } from "./file-kind.ts";

const YAML = /\.ya?ml$/i;
/** Where GitHub looks for them: a file there is one, or is wrong. */
const WORKFLOW = /(?:^|[\\/])\.github[\\/]workflows[\\/][^\\/]+$/;
/** Elsewhere a file is one when it says so: most of a project are not, and need not be parsed. */
const SAYS_SO = /^(?:["']?on["']?|runs)\s*:/m;

export const pipelineFiles: FileKind = {
  wants: (path) => YAML.test(path),
  read: readPipelines,
};

async function readPipelines({ path, bytes, digest }: NamedBytes): Promise<ReadSubject[] | null> {
  if (!YAML.test(path)) return null;
  const isMeant = WORKFLOW.test(path);
  if (!isMeant && !SAYS_SO.test(bytes.toString("utf8"))) return null;
  const [{ readObjectFile }, github] = await Promise.all([
    import("../formats/object-file.ts"),
    import("../formats/pipeline/github.ts"),
  ]);
  const file = readObjectFile(bytes, path);
  const [document] = file.documents;
  const subject = subjectOf(document, github);
  if (subject === null) return isMeant ? [] : null;
  const editable = { document: 0, of: digest };
  return [{ path, subject, editable, places: (pointers) => file.places(0, pointers) }];
}

function subjectOf(
  document: unknown,
  github: typeof import("../formats/pipeline/github.ts"),
): Pipeline | null {
  if (github.isWorkflow(document)) return github.readWorkflow(document);
  return github.isAction(document) ? github.readAction(document) : null;
}
