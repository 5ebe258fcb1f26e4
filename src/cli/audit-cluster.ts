import { auditCluster } from "../app/audit-cluster.ts";
import { asScan } from "../app/check.ts";
import { report } from "../app/report.ts";
import { writeOutput } from "../app/write-output.ts";
import type { ClusterAudit } from "../model/cluster-audit.ts";
import type { Threshold } from "../model/severity.ts";
import { clusterAnswer, clusterText, HOW } from "./audit-cluster-text.ts";
import { type Invocation, surroundingsOf } from "./command.ts";

/** `bulwark audit cluster`. */
export async function auditClusterHere(invocation: Invocation): Promise<number> {
  const { options, terminal } = invocation;
  if (options.flag("how")) {
    await terminal.print(HOW);
    return 0;
  }
  const audit = await auditCluster(
    {
      from: options.text("from"),
      choice: { kubeconfig: options.text("kubeconfig"), context: options.text("context") },
      framework: options.text("framework"),
      threshold: options.text("fail-on") as Threshold | null,
      exceptions: options.text("exceptions"),
      db: options.text("db"),
      declared: options.texts("declared"),
      registry: options.flag("registry"),
    },
    surroundingsOf(invocation),
  );
  const output = options.text("output");
  const screen = {
    width: output === null ? terminal.width : 100,
    colour: output === null && terminal.colour,
  };
  const text = await textOf(audit, options.text("format") ?? "table", screen);
  if (output === null) await terminal.print(text);
  else {
    await writeOutput(output, text);
    terminal.note(clusterAnswer(audit));
    terminal.note(`the report is in ${JSON.stringify(output)}`);
  }
  return audit.exitCode;
}

async function textOf(
  audit: ClusterAudit,
  format: string,
  screen: { readonly width: number; readonly colour: boolean },
): Promise<string> {
  if (format === "json") return `${JSON.stringify(audit, null, 2)}\n`;
  if (format === "sarif") {
    const scan = asScan(audit);
    const all = { ...scan, findings: [...audit.findings, ...audit.packages.findings] };
    return report([all], "sarif", { ...screen, command: "audit" });
  }
  return clusterText(audit, screen);
}
