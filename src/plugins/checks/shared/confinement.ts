// What confines a container besides seccomp.
import { effective } from "../../../kit/fact.ts";
import type { Container, Workload } from "../../../model/workload.ts";

/** Whether somebody asked for AppArmor, SELinux or less capabilities, as far as that is known. */
export function isConfined(workload: Workload, container: Container): boolean {
  const { privileged } = container.security;
  if (privileged.state === "unknown" || (privileged.state === "known" && privileged.value))
    return false;
  return (
    hasAppArmor(workload, container) || hasSeLinux(workload, container) || dropsSome(container)
  );
}

function hasAppArmor({ security, annotations }: Workload, container: Container): boolean {
  const field = effective(container.security.appArmor, security.appArmor);
  if (field.state !== "absent") return field.state === "known" && field.value !== "Unconfined";
  const own = annotations.appArmor.find((one) => one.container === container.name);
  return own?.value.state === "known" && own.value.value !== "unconfined";
}

function hasSeLinux({ security }: Workload, container: Container): boolean {
  return [container.security.seLinux, security.seLinux].some((options) =>
    Object.values(options).some(
      (fact) => fact.state === "known" && fact.value !== "" && fact.value !== "disable",
    ),
  );
}

function dropsSome({ security }: Container): boolean {
  const isAll = security.capabilitiesAdded.some(
    (fact) => fact.state !== "known" || fact.value.toUpperCase() === "ALL",
  );
  return !isAll && security.capabilitiesDropped.some(({ state }) => state === "known");
}
