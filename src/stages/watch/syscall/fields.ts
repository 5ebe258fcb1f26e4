// All fields of events of the sensor, by the names that Falco gives them.
import type { SensorEvent } from "../../../model/event.ts";
import type { Field, FieldTable } from "../contract.ts";
import { ABSENT_FIELDS } from "./absent-fields.data.ts";
import { containerFields } from "./container-fields.ts";
import {
  descriptorFields,
  type HostNames,
  NAME_FIELDS,
  RAW_NAME_FIELDS,
} from "./descriptor-fields.ts";
import { eventFields } from "./event-fields.ts";
import { LASTING_FIELDS } from "./lasting-fields.ts";
import type { Accounts } from "./parameters.ts";
import { PROCESS_FIELDS, userFields } from "./process-fields.ts";

/** What fields are asked that events do not know. */
export interface Surroundings extends Accounts {
  /** Null when it is not to be told. */
  readonly hostName: string | null;
  /** Null when names of hosts are not looked up. */
  readonly hosts: HostNames | null;
}

/** Fields whose argument may stand behind a dot: `evt.arg.flags`. */
const DOTTED: readonly string[] = [
  "evt.arg",
  "evt.rawarg",
  "evt.type.is",
  "evt.abspath",
  "container.label",
  "k8s.pod.label",
];

/** The table of fields of the sensor's events. */
export function syscallFields(surroundings: Surroundings): FieldTable<SensorEvent> {
  const all = new Map<string, Field<SensorEvent>>([
    ...eventFields(surroundings, surroundings.hostName),
    ...PROCESS_FIELDS,
    ...userFields(surroundings),
    ...descriptorFields(surroundings.hosts),
    ...containerFields(),
  ]);
  return {
    field: (name) => all.get(name) ?? dotted(name, all),
    absence: (name) => ABSENT_FIELDS.get(name) ?? null,
    names: () => [...all.keys()],
    texts: [NAME_FIELDS, RAW_NAME_FIELDS],
    lasting: LASTING_FIELDS,
  };
}

function dotted(
  name: string,
  all: ReadonlyMap<string, Field<SensorEvent>>,
): Field<SensorEvent> | null {
  const family = DOTTED.find((one) => name.startsWith(`${one}.`));
  const field = family === undefined ? undefined : all.get(family);
  if (family === undefined || field === undefined) return null;
  const key = name.slice(family.length + 1);
  return {
    ...field,
    reading: (argument) =>
      argument === null ? field.reading(key) : "has its argument behind the dot already",
  };
}
