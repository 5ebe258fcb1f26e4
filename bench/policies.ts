// Policies and objects of any size to measure with: every kind of rule, as teams write them.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

const CHECKS = ["no-privileged", "no-host-path", "run-as-non-root", "no-latest-tag"];

/** A third each of findings, conditions and checks. */
export function writeRules(path: string, count: number): void {
  const rules = Array.from({ length: count }, (_, i) => {
    const kind = i % 3;
    if (kind === 0)
      return `  - id: f-${i}\n    findings: { atLeast: high, fixable: true, olderThanDays: ${i} }\n`;
    if (kind === 1)
      return [
        `  - id: w-${i}`,
        "    about: package",
        `    when: pkg.type == "npm" && pkg.name.startsWith("left-${i}") && pkg.licenses.exists(l, l.contains("GPL"))`,
        `    message: "{pkg.name} {pkg.version} is under {pkg.licenses}"`,
        "",
      ].join("\n");
    return `  - id: c-${i}\n    check: ${CHECKS[i % CHECKS.length]}\n    owner: team-${i}\n`;
  });
  write(path, `policy: bench\nowner: team\nrules:\n${rules.join("")}`);
}

/** One deployment for each container, each with faults. */
export function writeObjects(path: string, containers: number): void {
  const objects = Array.from(
    { length: containers },
    (_, i) => `apiVersion: apps/v1
kind: Deployment
metadata: { name: app-${i}, namespace: shop }
spec:
  template:
    spec:
      hostNetwork: ${i % 2 === 0}
      containers:
        - name: app
          image: registry.example.com/shop/app:${i}
          securityContext: { privileged: ${i % 3 === 0}, capabilities: { drop: [ALL] } }
          resources: { limits: { cpu: 500m, memory: 256Mi } }
`,
  );
  write(path, objects.join("---\n"));
}

function write(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
