// Everybody of a cloud whom a cluster lets in, found by whom it takes them for.
import { type CloudPrincipal, cloudKey, comesAs, fixedStart } from "./cloud-access.ts";
import type { ClusterObject } from "./cluster-object.ts";

/** A principal, and the object that lets it in. */
export interface CloudVisitor {
  readonly object: ClusterObject;
  readonly principal: CloudPrincipal;
}

export class CloudVisitors {
  readonly all: readonly CloudVisitor[];
  readonly #byKey = new Map<string, CloudVisitor[]>();
  readonly #byGroup = new Map<string, CloudVisitor[]>();
  /** By what stands in the user name before anything is put in. */
  readonly #byStart = new Map<string, CloudVisitor[]>();

  constructor(objects: readonly ClusterObject[]) {
    this.all = objects.flatMap((object) =>
      (object.cloud?.principals ?? []).map((principal) => ({ object, principal })),
    );
    for (const visitor of this.all) {
      const { principal } = visitor;
      add(this.#byKey, cloudKey(principal.name), visitor);
      for (const group of new Set((principal.groups ?? []).map(({ name }) => name)))
        add(this.#byGroup, group, visitor);
      // What lists policies alone does not tell the name.
      if (principal.groups !== null) add(this.#byStart, fixedStart(principal), visitor);
    }
  }

  /** What lets somebody in; several where several objects do. */
  named(name: string): readonly CloudVisitor[] {
    return this.#byKey.get(cloudKey(name)) ?? [];
  }

  inGroup(name: string): readonly CloudVisitor[] {
    return this.#byGroup.get(name) ?? [];
  }

  /** Who can come under a user name, which some choose as they like. */
  asUser(name: string): CloudVisitor[] {
    const found: CloudVisitor[] = [];
    for (let length = 0; length <= name.length; length += 1)
      for (const visitor of this.#byStart.get(name.slice(0, length)) ?? [])
        if (comesAs(visitor.principal, name)) found.push(visitor);
    return found;
  }
}

function add<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
