import { admitDocker } from "../app/admit-docker.ts";
import { ADMISSION_MODES } from "../app/answer-review.ts";
import { AppError } from "../kit/error.ts";
import { admissionRequestOf, numberOf } from "./admit-options.ts";
import { type Invocation, surroundingsOf } from "./command.ts";

/** Where Docker Engine looks for a plugin of this name. */
const SOCKET = "/run/docker/plugins/bulwark.sock";

/** `bulwark admit docker`. Ends with 0 when it is told to. */
export async function admitDockerAction(
  invocation: Invocation,
  args: readonly string[],
): Promise<number> {
  const { options } = invocation;
  if (args.length > 0)
    throw new AppError("usage", `cannot use ${JSON.stringify(args[0])}: one argument too many`, {
      hint: "--socket PATH says where to listen",
    });
  await admitDocker(
    {
      ...admissionRequestOf(options),
      socket: options.text("socket") ?? SOCKET,
      mode: ADMISSION_MODES.find((name) => name === options.text("mode")) ?? "audit",
      evidence: options.text("evidence"),
      health:
        options.text("health-port") === null
          ? null
          : {
              host: options.text("listen") ?? "127.0.0.1",
              port: numberOf(options, "health-port", 0, 65_535),
            },
    },
    surroundingsOf(invocation),
  );
  return 0;
}
