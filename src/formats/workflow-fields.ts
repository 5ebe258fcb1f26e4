// What pipelines use. GitHub's workflows and actions: other actions, reusable workflows, images of containers and services;
// GitLab's pipelines: images and services.
// @see https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax and …/metadata-syntax
// @see https://docs.gitlab.com/ci/yaml/#image
import { isMap, isSeq, type Scalar, type YAMLMap } from "yaml";
import { namedScalar, textOf, type YamlLinks, type YamlNodes } from "./yaml-nodes.ts";

/** A field of a workflow or action that names what is run. */
export interface WorkflowField {
  readonly scalar: Scalar;
  /** `uses` may name an action or, after `docker://`, an image; `image` always an image. */
  readonly role: "uses" | "image";
  /** `job build`, `action`. */
  readonly user: string;
}

export interface WorkflowFields {
  readonly kind: "workflow" | "action" | "gitlab";
  readonly fields: readonly WorkflowField[];
}

/** @returns null when the file is neither a workflow nor an action. Never throws. */
export function workflowFields({ documents }: YamlNodes): WorkflowFields | null {
  const [first] = documents;
  if (first === undefined) return null;
  const { top, links } = first;
  const fields: WorkflowField[] = [];
  const runs = links.at(top, "runs");
  if (isMap(runs) && textOf(links.at(runs, "using")) !== null) {
    const image = links.at(runs, "image");
    // Anything else is a Dockerfile beside the action.
    if (textOf(image)?.startsWith("docker://")) add(fields, image, "image", "action");
    addSteps(fields, runs, links, "action");
    return { kind: "action", fields };
  }
  const jobs = links.at(top, "jobs");
  // Key `on` is a truth to readers of YAML 1.1, a text to ours.
  if (!isMap(jobs) || !top.has("on")) return null;
  for (const [name, job] of links.maps(jobs)) addJob(fields, job, links, `job ${name}`);
  return { kind: "workflow", fields };
}

/** GitLab's pipelines are told by their name alone: any mapping could be one. Never throws. */
export function gitlabFields({ documents }: YamlNodes): WorkflowFields {
  const fields: WorkflowField[] = [];
  // With a header (`spec:`) it is the second document.
  for (const { top, links } of documents) {
    addImages(fields, top, links, "all jobs");
    for (const [name, job] of links.maps(top)) {
      const user = name === "default" ? "all jobs" : `job ${name}`;
      if (name !== "variables") addImages(fields, job, links, user);
    }
  }
  return { kind: "gitlab", fields };
}

function addImages(fields: WorkflowField[], map: YAMLMap, links: YamlLinks, user: string): void {
  const services = links.at(map, "services");
  for (const node of [links.at(map, "image"), ...(isSeq(services) ? services.items : [])]) {
    const named = links.real(node);
    add(fields, isMap(named) ? links.at(named, "name") : named, "image", user);
  }
}

function addJob(fields: WorkflowField[], job: YAMLMap, links: YamlLinks, user: string): void {
  add(fields, links.at(job, "uses"), "uses", user);
  const container = links.at(job, "container");
  add(fields, isMap(container) ? links.at(container, "image") : container, "image", user);
  for (const [, service] of links.maps(links.at(job, "services")))
    add(fields, links.at(service, "image"), "image", user);
  addSteps(fields, job, links, user);
}

function addSteps(fields: WorkflowField[], map: YAMLMap, links: YamlLinks, user: string): void {
  for (const [, step] of links.maps(links.at(map, "steps")))
    add(fields, links.at(step, "uses"), "uses", user);
}

const FIELDS_MAX = 20_000;

function add(
  fields: WorkflowField[],
  node: unknown,
  role: WorkflowField["role"],
  user: string,
): void {
  const scalar = namedScalar(node);
  if (scalar !== null && fields.length < FIELDS_MAX) fields.push({ scalar, role, user });
}
