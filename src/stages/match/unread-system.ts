import type { Platform } from "../../model/artifact.ts";
import type { Inventory } from "../../model/inventory.ts";
import type { PackageType } from "../../model/package.ts";
import type { Problem } from "../../model/problem.ts";

const SYSTEM_TYPES: ReadonlySet<PackageType> = new Set(["deb", "apk", "rpm"]);

/**
 * Says that a system is stated of which no package was seen: its database was removed, lies where nobody looks, or belongs to a
 * package manager that is not read (pacman, portage, opkg); or that the image is of an operating system of which we read nothing.
 * Nothing can be matched then, and "nothing found" would be untrue.
 */
export function unreadSystem(
  { distribution, packages, problems }: Inventory,
  platform: Platform | null,
): Problem[] {
  if (packages.some(({ type }) => SYSTEM_TYPES.has(type))) return [];
  // An inventory that was read out of a document may say it itself.
  if (problems.some(({ code }) => code === "packages-unread")) return [];
  if (platform !== null && platform.os !== "linux") {
    const detail = `the image is of ${JSON.stringify(platform.os)}, and what that system itself brings is not read`;
    return [{ code: "packages-unread", detail }];
  }
  if (distribution === null) return [];
  const detail = `the system says that it is ${distribution.name}, and none of its packages were found`;
  return [{ code: "packages-unread", detail }];
}
