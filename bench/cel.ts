// How fast expressions of policies compile and run, in time of the processor: `node tools/run.js bench/cel.ts`.
import { compileCel } from "../src/formats/cel/cel.ts";

const POD: unknown = {
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name: "web", namespace: "shop", labels: { app: "web", team: "a" } },
  spec: {
    hostNetwork: false,
    containers: ["web", "proxy", "log"].map((name) => ({
      name,
      image: `registry.example.com/shop/${name}:1.2.3`,
      securityContext: { privileged: false, runAsNonRoot: true, capabilities: { drop: ["ALL"] } },
      resources: { limits: { cpu: "500m", memory: "256Mi" } },
      ports: [{ containerPort: 8080 }],
    })),
  },
};

const RULES: readonly string[] = [
  "object.spec.containers.all(c, !has(c.securityContext) || c.securityContext.privileged != true)",
  "object.spec.containers.all(c, c.?securityContext.?privileged.orValue(false) == false)",
  "object.spec.containers.all(c, c.image.startsWith('registry.example.com/'))",
  "object.spec.containers.all(c, c.image.matches('^registry[.]example[.]com/[a-z0-9/-]+:[0-9.]+$'))",
  "object.spec.containers.all(c, quantity(c.resources.limits.memory).compareTo(quantity('1Gi')) <= 0)",
  "object.metadata.?labels.?team.orValue('') in ['a', 'b', 'c']",
];

interface Pod {
  readonly spec: {
    readonly containers: readonly {
      readonly securityContext?: { readonly privileged?: boolean };
    }[];
  };
}

/** Nanoseconds for one call, the best of five rounds. */
function nanosOf(run: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const count = 50_000;
    const start = process.cpuUsage();
    for (let i = 0; i < count; i += 1) run();
    best = Math.min(best, (process.cpuUsage(start).user * 1_000) / count);
  }
  return best;
}

const options = { variables: { object: {} } };
const byHand = nanosOf(() =>
  (POD as Pod).spec.containers.every(
    ({ securityContext }) => securityContext === undefined || securityContext.privileged !== true,
  ),
);
console.log(`by hand: ${byHand.toFixed(0)} ns`);
for (const rule of RULES) {
  const { program, fault } = compileCel(rule, options);
  if (program === null) throw new Error(fault.message);
  const values = { object: POD };
  const result = program.run(values);
  if (result.value !== true) throw new Error(`${rule}: ${result.error?.message}`);
  const nanos = nanosOf(() => program.run(values));
  const rate = Math.round(1e9 / nanos).toLocaleString("en");
  console.log(
    `${nanos.toFixed(0).padStart(6)} ns, ${rate} a second, cost ${result.cost.toFixed(0)}: ${rule}`,
  );
}
const start = process.cpuUsage();
for (let i = 0; i < 500; i += 1)
  compileCel(
    RULES[i % RULES.length]?.replaceAll("c,", `c${i},`).replaceAll("c.", `c${i}.`) ?? "",
    options,
  );
console.log(`500 rules compile in ${(process.cpuUsage(start).user / 1_000).toFixed(1)} ms`);
