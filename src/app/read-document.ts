import { isComposeFile, readCompose, type Variables } from "../formats/workload/compose.ts";
import { isEngineDocument, readEngine } from "../formats/workload/engine-inspect.ts";
import { isKubernetesObject, readKubernetes } from "../formats/workload/kubernetes.ts";
import type { Workload } from "../model/workload.ts";

/** The workloads of a document of any kind that we know; none when it runs nothing. */
export function readDocument(document: unknown, variables: Variables): Workload[] {
  if (isKubernetesObject(document)) return readKubernetes(document);
  if (isComposeFile(document)) return readCompose(document, variables);
  return isEngineDocument(document) ? readEngine(document) : [];
}
