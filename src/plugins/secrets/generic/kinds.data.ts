import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { bearerForm, passwordForm, secretForm } from "./generic.ts";

export const generic: SecretGroup = {
  id: "generic",
  title: "Secrets of any issuer",
  needs: [],
  state: "trial",
  kinds: [
    { id: "named-secret", title: "value of a secret", severity: "medium", remedy: "revoke it where it was issued, and hand the new one to the program when it starts", form: secretForm },
    { id: "named-password", title: "password", severity: "medium", remedy: "change it, and hand the new one to the program when it starts", form: passwordForm },
    { id: "bearer-token", title: "bearer token", severity: "medium", remedy: "revoke it where it was issued, and hand the new one to the program when it starts", form: bearerForm },
  ],
};
