import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { discordBot } from "../shared/checks.ts";
import { named, token } from "../shared/rows.ts";
import { telegramForm } from "./telegram.ts";
import { twitterForm } from "./twitter.ts";

const SLACK = { at: "Slack" };

export const chat: SecretGroup = {
  id: "chat",
  title: "Chat and social networks",
  needs: [],
  state: "trial",
  kinds: [
    token(["slack-bot-token", "Slack bot token", ["xoxb-<digits:10-13>-<digits:10-13>-<base62:18-34>", "xoxb-<digits:8-14>-<base62:18-26>"]], SLACK),
    token(
      [
        "slack-user-token",
        "Slack user token",
        [
          "xoxp-<digits:10-13>-<digits:10-13>-<digits:10-13>-<base62:28-34>",
          "xoxe-<digits:10-13>-<digits:10-13>-<digits:10-13>-<base62:28-34>",
          "xoxs-<digits:9-13>-<digits:9-13>-<digits:9-13>-<anyhex:10-64>",
          "xoxo-<digits:9-13>-<digits:9-13>-<digits:9-13>-<anyhex:10-64>",
        ],
      ],
      SLACK,
    ),
    token(["slack-app-token", "Slack app-level token", "xapp-1-<BASE36:9-13>-<digits:10-14>-<hex:64>"], SLACK),
    token(["slack-workspace-token", "Slack workspace token", ["xoxa-2-<digits:10-13>-<digits:10-13>-<digits:10-13>-<hex:32>", "xoxr-2-<digits:10-13>-<digits:10-13>-<digits:10-13>-<hex:32>"]], SLACK),
    token(["slack-rotated-token", "Slack token (rotated)", ["xoxe.xoxp-1-<base64:100-170>", "xoxe.xoxb-1-<base64:100-170>"]], SLACK),
    token(["slack-refresh-token", "Slack refresh token", "xoxe-<digits:1>-<base62:140-150>"], SLACK),
    token(["slack-webhook", "Slack incoming webhook", "hooks.slack.com/services/T<BASE36:8-10>/B<BASE36:8-10>/<base62:23-25>"], { ...SLACK, severity: "medium" }),
    named(["discord-bot-token", "Discord bot token", "<base64url:24-28>.<base64url:6>.<base64url:27-38>"], {
      at: "Discord",
      words: ["discord", "bot_token", "token"],
      check: discordBot,
      isWhole: true,
    }),
    token(["discord-webhook", "Discord webhook", ["discord.com/api/webhooks/<digits:17-20>/<base64url:60-68>", "discordapp.com/api/webhooks/<digits:17-20>/<base64url:60-68>"]], {
      at: "Discord",
      severity: "medium",
    }),
    token(["teams-webhook", "Microsoft Teams webhook", "webhook.office.com/webhookb2/<uuid>@<uuid>/IncomingWebhook/<hex:32>/<uuid>"], { at: "Microsoft Teams", severity: "medium" }),
    {
      id: "telegram-bot-token",
      title: "Telegram bot token",
      severity: "high",
      remedy: "revoke it with Telegram's BotFather, and hand out a new one where only those who need it can read it",
      form: telegramForm,
    },
    named(["mattermost-token", "Mattermost access token", "<base36:26>"], { at: "Mattermost", words: ["mattermost"] }),
    named(["twitch-token", "Twitch access token", "<base36:30>"], { at: "Twitch", words: ["twitch"] }),
    named(["facebook-secret", "Facebook app secret", "<hex:32>"], { at: "Facebook", words: ["facebook", "fb_app"] }),
    token(["facebook-access-token", "Facebook access token", ["EAACEdEose0cBA<base62:60-300>", "EAAG<base62:100-300>", "EAAB<base62:100-300>", "EAAC<base62:100-300>", "EAAM<base62:100-300>"]], {
      at: "Facebook",
    }),
    {
      id: "twitter-bearer-token",
      title: "Twitter bearer token",
      severity: "high",
      remedy: "revoke it at Twitter, and keep the new one out of files",
      form: twitterForm,
    },
    named(["twitter-secret", "Twitter API secret", ["<base62:50>", "<base62:45>"]], { at: "Twitter", words: ["twitter"] }),
    named(["linkedin-secret", "LinkedIn client secret", "<base62:16>"], { at: "LinkedIn", words: ["linkedin", "linked-in", "linked_in"] }),
  ],
};
