// Which containers run which service: by the labels that Compose and Swarm give, else by the name alone.
import { type Unknown, unknown } from "../../kit/fact.ts";
import type { Instance, Pairing } from "../../model/pairing.ts";
import type { Workload } from "../../model/workload.ts";
import type { LabelledInstance, LabelledService } from "./engine-instance.ts";

/** A service in a file. */
export interface DeclaredService {
  readonly workload: Workload;
  /** The whole path of the file. */
  readonly file: string;
  /** What Compose would call the project of that file. */
  readonly project: string;
}

/** A pairing, and the service that it is about; null where nothing declares it. */
export interface Paired {
  readonly pairing: Pairing;
  readonly service: DeclaredService | null;
}

/**
 * Pairs services with what runs.
 *
 * @param declared null when nobody said what is declared.
 * @param unseen Why containers may run that are not among those given; none is missing then.
 */
export function paired(
  declared: readonly DeclaredService[] | null,
  running: readonly LabelledInstance[],
  unseen: readonly string[] = [],
): Paired[] {
  const left = new Set(running);
  const projects = new Set((declared ?? []).map(({ project }) => project));
  const services = (declared ?? []).map((service): Paired => {
    const own = instancesOf(service, [...left], projects);
    for (const one of own) left.delete(one);
    const files = new Set(own.flatMap((one) => one.service?.files ?? []));
    const gaps: Unknown[] = [
      ...(own.length === 0 ? unseen.map((why) => unknown(service.workload.at, why)) : []),
      ...(files.size > 1 ? [unknown(service.workload.at, severalFiles(files))] : []),
    ];
    return { service, pairing: pairingOf(service.workload, own.map(instanceOf), gaps) };
  });
  const rest = grouped([...left]).map((instances): Paired => {
    const isDeclaredKnown = declared !== null;
    return { service: null, pairing: { ...pairingOf(null, instances, []), isDeclaredKnown } };
  });
  return [...services, ...rest];
}

function severalFiles(files: ReadonlySet<string>): string {
  return `it was made from ${files.size} files together: docker compose config writes them as one`;
}

function instanceOf({ instance }: LabelledInstance): Instance {
  return instance;
}

/** Of the file that the labels name; else of its project; else of the only project that has such a service. */
function instancesOf(
  { workload, file, project }: DeclaredService,
  running: readonly LabelledInstance[],
  projects: ReadonlySet<string>,
): LabelledInstance[] {
  if (workload.platform === "quadlet") return instancesOfUnit(workload, running);
  const named = running.filter(({ service }) => service?.name === workload.name);
  const of = (wanted: (service: LabelledService) => boolean): LabelledInstance[] =>
    named.filter(({ service }) => service !== null && wanted(service));
  const byFile = of(({ files }) => files.includes(file));
  if (byFile.length > 0) return byFile;
  const byProject = of((service) => service.project === project);
  if (byProject.length > 0) return byProject;
  const elsewhere = of((service) => !projects.has(service.project));
  const [first] = elsewhere;
  const isOne = elsewhere.every(({ service }) => service?.project === first?.service?.project);
  if (first !== undefined && isOne) return elsewhere;
  return running.filter(
    ({ service, instance }) => service === null && instance.name === workload.name,
  );
}

/** Of the service of systemd that the unit makes; else of the container that it names. */
function instancesOfUnit(
  { engine }: Workload,
  running: readonly LabelledInstance[],
): LabelledInstance[] {
  if (engine === undefined) return [];
  const { service, container } = engine;
  const [template, ...rest] = service.split("@.service");
  const isOf = (unit: string): boolean =>
    rest.length === 0 ? unit === service : isInstance(unit, template ?? "");
  const byUnit = running.filter(({ unit }) => unit !== null && isOf(unit));
  if (byUnit.length > 0 || container.state !== "known") return byUnit;
  return running.filter(
    (one) => one.unit === null && one.service === null && one.instance.name === container.value,
  );
}

/** `web@1.service` of `web`. */
function isInstance(unit: string, template: string): boolean {
  return unit.startsWith(`${template}@`) && unit.endsWith(".service");
}

/** Containers of one service together, each other one alone. */
function grouped(running: readonly LabelledInstance[]): Instance[][] {
  const groups = new Map<string, Instance[]>();
  for (const { instance, service } of running) {
    const key = JSON.stringify(service === null ? instance.name : [service.project, service.name]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [instance]);
    else group.push(instance);
  }
  return [...groups.values()];
}

/** One side may be empty, not both. */
export function pairingOf(
  declared: Workload | null,
  instances: readonly Instance[],
  gaps: readonly Unknown[],
): Pairing {
  const subject = declared ?? instances[0]?.workload;
  const { platform = "engine", kind = "container", namespace = null } = subject ?? {};
  const own = platform === "kubernetes" ? subject?.name : instances[0]?.name;
  const name = declared?.name ?? own ?? "";
  const more = [...gaps, ...(declared?.gaps ?? [])];
  return {
    ...{ form: "pairing", platform, kind, name, namespace, gaps: more },
    ...{ declared, instances, isDeclaredKnown: true },
  };
}
