import { readClusterObjects } from "../formats/workload/cluster-object.ts";
import { isComposeFile, readCompose, type Variables } from "../formats/workload/compose.ts";
import { isEngineDocument, readEngine } from "../formats/workload/engine-inspect.ts";
import { isKubernetesObject, readKubernetes } from "../formats/workload/kubernetes.ts";
import type { Subject } from "../stages/check/contract.ts";

/** What can be checked of a document of any kind that we know. */
export function readDocument(document: unknown, variables: Variables): Subject[] {
  if (isKubernetesObject(document))
    return [...readKubernetes(document), ...readClusterObjects(document)];
  if (isComposeFile(document)) return readCompose(document, variables);
  return isEngineDocument(document) ? readEngine(document) : [];
}
