// What only shows when all objects of a run are seen together. Files are read one by one; their normal forms are kept.
import { type Cluster, clusterOf } from "../model/cluster.ts";
import type { Problem } from "../model/problem.ts";
import type { CheckAnswer, Doubt, Fault, Subject } from "../stages/check/contract.ts";
import type { Answered } from "../stages/check/findings.ts";
import { type ReadyCheck, runChecks } from "../stages/check/run.ts";
import type { ReadSubject } from "./file-kind.ts";

const OBJECTS_MAX = 200_000;

/** Gathers objects of Kubernetes, and asks about them once. */
export class ClusterReading {
  readonly #checks: readonly ReadyCheck[];
  readonly #read = new Map<Subject, Omit<Answered, "answers" | "subject">>();

  readonly #objectsMax: number;
  #left = 0;

  constructor(checks: readonly ReadyCheck[], objectsMax: number = OBJECTS_MAX) {
    this.#objectsMax = objectsMax;
    this.#checks = checks.filter(({ check }) => check.appliesTo === "cluster");
  }

  add({ path, subject, places }: ReadSubject): void {
    if (this.#checks.length === 0 || subject.platform !== "kubernetes") return;
    if (subject.form !== "workload" && subject.form !== "object") return;
    if (this.#read.size >= this.#objectsMax) {
      this.#left += 1;
      return;
    }
    // The file's own tree is not kept: what is within the object is told at its beginning.
    const pointers = subject.form === "workload" ? [subject.podAt, subject.at] : [subject.at];
    const known = places(pointers);
    this.#read.set(subject, { path, places: (wanted) => nearest(wanted, pointers, known) });
  }

  /** What is said, each of the object that it is about; what holds counts once, for the whole. */
  answered(path: string): Answered[] {
    if (this.#read.size === 0) return [];
    const cluster = clusterOf([...this.#read.keys()]);
    return runChecks(cluster, this.#checks).flatMap((answer): Answered[] => {
      const abouts = new Set([...answer.faults, ...answer.doubts].map(({ about }) => about));
      if (abouts.size === 0)
        return [{ path, subject: cluster, answers: [answer], places: () => new Map() }];
      return [...abouts].map((about) => this.#one(answer, about, { path, cluster }));
    });
  }

  /** What was not looked at together with the rest. */
  problems(path: string): Problem[] {
    if (this.#left === 0) return [];
    const detail = `${this.#left} objects beyond ${this.#objectsMax} were looked at one by one, and not together with the others`;
    return [{ code: "configuration-unknown", detail, path }];
  }

  #one(
    answer: CheckAnswer,
    about: Subject | undefined,
    { path, cluster }: { readonly path: string; readonly cluster: Cluster },
  ): Answered {
    const isIts = (statement: Fault | Doubt): boolean => statement.about === about;
    const faults = answer.faults.filter(isIts);
    const doubts = answer.doubts.filter(isIts);
    const said = faults.length > 0 ? ("fault" as const) : ("unknown" as const);
    const read = about === undefined ? undefined : this.#read.get(about);
    return {
      path: read?.path ?? path,
      subject: about ?? cluster,
      answers: [{ check: answer.check, answer: said, faults, doubts, inapplicable: [] }],
      places: read?.places ?? (() => new Map()),
    };
  }
}

type Places = ReturnType<Answered["places"]>;

/** The place of each pointer, or of the first of some above it. */
function nearest(wanted: readonly string[], above: readonly string[], known: Places): Places {
  return new Map(
    wanted.flatMap((pointer) => {
      const at = above.find((one) => pointer === one || pointer.startsWith(`${one}/`));
      const place = at === undefined ? undefined : known.get(at);
      return place === undefined ? [] : [[pointer, place] as const];
    }),
  );
}
