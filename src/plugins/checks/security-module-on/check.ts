import { modulesOf } from "../../../formats/host/host-summary.ts";
import { pointerToFile } from "../../../formats/host/record-file.ts";
import type { Check } from "../../../stages/check/contract.ts";
import { file, host } from "../shared/host-examples.ts";
import { HostSaid } from "../shared/host-said.ts";
import { controls } from "../shared/said.ts";

const LSM = "/sys/kernel/security/lsm";

export const securityModuleOn: Check = {
  id: "security-module-on",
  title: "AppArmor or SELinux confines the containers of the host",
  severity: "medium",
  why: "without one of them nothing but the numbers of users keeps a process that left its container from the files of the host",
  fix: "switch AppArmor on with apparmor=1 security=apparmor among the kernel's parameters, or SELinux to enforcing",
  controls: controls({ "cis-docker-1.6": ["5.2", "5.3"], attack: ["T1611"] }),
  needs: [],
  state: "stable",
  appliesTo: "host",
  examples: {
    bad: [
      host({ [LSM]: file("lockdown,capability,yama\n") }),
      host({ [LSM]: file("capability,selinux\n"), "/sys/fs/selinux/enforce": file("0") }),
    ],
    good: [
      host({
        [LSM]: file("lockdown,capability,apparmor\n"),
        "/sys/module/apparmor/parameters/enabled": file("Y\n"),
      }),
      host({ [LSM]: file("capability,selinux\n"), "/sys/fs/selinux/enforce": file("1") }),
    ],
  },
  versions: [
    {
      from: 0,
      run: (subject) => {
        const said = new HostSaid();
        const modules = modulesOf(subject);
        const at = pointerToFile(LSM);
        if (modules === null)
          said.doubt({ at, why: "which security modules are on cannot be told" });
        else if (modules.length === 0)
          said.fault(at, "neither AppArmor nor SELinux confines containers");
        return said.all;
      },
    },
  ],
};
