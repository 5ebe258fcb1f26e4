// What a cluster has beside the manifests that declare it.
import { type PairedObject, pairedObjects } from "../formats/workload/object-pairings.ts";
import { AppError } from "../kit/error.ts";
import type { Problem } from "../model/problem.ts";
import type { Workload } from "../model/workload.ts";
import type { Answered } from "../stages/check/findings.ts";
import { type ReadyCheck, runChecks } from "../stages/check/run.ts";
import type { ReadSubject } from "./file-kind.ts";
import type { Compared, Declaration } from "./pair-containers.ts";
import { type ReadFile, readSubjects } from "./read-subjects.ts";
import { askedTags, tagsOf, withAnswers } from "./registry-tags.ts";
import type { Surroundings } from "./surroundings.ts";

const WORKLOADS_MAX = 200_000;
/** What of a cluster has to be read to know what runs. */
const LISTS = /\/(?:pods|deployments|statefulsets|daemonsets|jobs|cronjobs)$|\.(?:ya?ml|json)$/;

/** Gathers what passes by of a cluster's workloads. Of files only the place of each is kept. */
export class LiveReading {
  readonly #workloads = new Map<Workload, Pick<ReadSubject, "path" | "places">>();
  readonly #pods: Workload[] = [];
  readonly #unseen: string[] = [];

  add({ subjects, problems, made = [] }: ReadFile): void {
    for (const { path = "", detail } of problems) if (LISTS.test(path)) this.#unseen.push(detail);
    for (const read of subjects) this.#workload(read);
    for (const pod of made) this.#pod(pod);
  }

  #workload({ subject, path, places }: ReadSubject): void {
    if (subject.form !== "workload" || subject.platform !== "kubernetes") return;
    if (subject.started !== null) this.#pod(subject);
    if (subject.started?.controller != null) return;
    if (this.#workloads.size >= WORKLOADS_MAX) {
      this.#full();
      return;
    }
    const known = places([subject.at]);
    this.#workloads.set(subject, { path, places: () => known });
  }

  #pod(pod: Workload): void {
    if (this.#pods.length >= WORKLOADS_MAX) this.#full();
    else this.#pods.push(pod);
  }

  #full(): void {
    const why = `more than ${WORKLOADS_MAX} objects are not compared`;
    if (!this.#unseen.includes(why)) this.#unseen.push(why);
  }

  /**
   * Compares what was gathered with what is declared.
   *
   * @throws {AppError} As `comparedWithFiles`.
   */
  async compared(
    { declared: targets, registry }: Declaration,
    checks: readonly ReadyCheck[],
    surroundings: Surroundings,
  ): Promise<Compared> {
    const problems: Problem[] = this.#unseen
      .filter((why) => why.startsWith("more than"))
      .map((detail) => ({ code: "configuration-unknown", detail }));
    const declared = await declaredIn(targets, problems, surroundings);
    const asked = targets.length === 0 ? null : [...declared.keys()];
    const workloads = [...this.#workloads.keys()];
    const all = pairedObjects(asked, { workloads, pods: this.#pods, unseen: this.#unseen });
    const tags = registry ? all.flatMap(({ pairing }) => pairing.instances.flatMap(tagsOf)) : [];
    const answers = await askedTags(tags, surroundings);
    const answered = all.map(({ pairing, live }: PairedObject): Answered => {
      const own = pairing.declared === null ? undefined : declared.get(pairing.declared);
      const place = own ?? (live === null ? undefined : this.#workloads.get(live));
      const { path = "", places = () => new Map() } = place ?? {};
      const instances = pairing.instances.map((one) => withAnswers(one, answers));
      const subject = { ...pairing, instances };
      return { path, places, subject, answers: runChecks(subject, checks) };
    });
    return { answered, problems };
  }
}

async function declaredIn(
  targets: readonly string[],
  problems: Problem[],
  surroundings: Surroundings,
): Promise<Map<Workload, ReadSubject>> {
  const declared = new Map<Workload, ReadSubject>();
  for await (const file of readSubjects(targets, surroundings)) {
    problems.push(...file.problems);
    for (const read of file.subjects)
      if (read.subject.form === "workload" && read.subject.platform === "kubernetes")
        declared.set(read.subject, read);
  }
  if (targets.length > 0 && declared.size === 0 && problems.length === 0) {
    const named = targets.map((target) => JSON.stringify(target)).join(", ");
    throw new AppError("usage", `cannot compare with ${named}: no workload is in it`, {
      hint: "name manifests, or folders with some",
    });
  }
  return declared;
}
