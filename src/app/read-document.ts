import { readHostSensor } from "../formats/host/host-sensor.ts";
import { readClusterObjects } from "../formats/workload/cluster-object.ts";
import { componentsOf, readComponentSettings } from "../formats/workload/component.ts";
import { isComposeFile, readCompose, type Variables } from "../formats/workload/compose.ts";
import { isEngineDocument, readEngine } from "../formats/workload/engine-inspect.ts";
import { isKubernetesObject, readKubernetes } from "../formats/workload/kubernetes.ts";
import type { Subject } from "../stages/check/contract.ts";

/** What can be checked of a document of any kind that we know. */
export function readDocument(document: unknown, variables: Variables): Subject[] {
  if (isKubernetesObject(document)) {
    const told = readHostSensor(document);
    if (told !== null)
      return [
        ...told.subjects,
        ...told.documents.flatMap((inner) => readDocument(inner, variables)),
      ];
    const workloads = readKubernetes(document);
    const components = [...componentsOf(workloads), ...readComponentSettings(document)];
    return [...workloads, ...readClusterObjects(document), ...components];
  }
  if (isComposeFile(document)) return readCompose(document, variables);
  if (isEngineDocument(document)) return readEngine(document);
  return [...readComponentSettings(document), ...readClusterObjects(document)];
}
