import { expect, test } from "vitest";
import { readKubernetes } from "../formats/workload/kubernetes.ts";
import { checks } from "../plugins/checks/index.ts";
import { MINOR_VERSION_MAX } from "../stages/check/packs.ts";
import { readied } from "../stages/check/run.ts";
import { ClusterReading } from "./cluster-reading.ts";

const asked = checks.map((check) => readied(check, MINOR_VERSION_MAX));

test("says how many objects were not seen together with the others", () => {
  const reading = new ClusterReading(asked, 2);
  for (const name of ["a", "b", "c"]) {
    const spec = { containers: [{ name, image: name }] };
    for (const subject of readKubernetes({
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name },
      spec,
    }))
      reading.add({ path: `${name}.yaml`, subject, places: () => new Map() });
    const seen =
      name === "c"
        ? [expect.objectContaining({ detail: expect.stringMatching(/^1 object.* beyond 2/) })]
        : [];
    expect(reading.problems("all")).toEqual(seen);
  }
});
