import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { named, token } from "../shared/rows.ts";

export const mail: SecretGroup = {
  id: "mail",
  title: "Mail, messages and calls",
  needs: [],
  state: "trial",
  kinds: [
    token(["sendgrid-key", "SendGrid API key", "SG.<base64url:22>.<base64url:43>"], { at: "SendGrid" }),
    token(["mailgun-key", "Mailgun private API key", "key-<hex:32>"], { at: "Mailgun" }),
    named(["mailgun-signing-key", "Mailgun key", ["<base36:32>-<base36:8>-<base36:8>", "<hex:32>"]], { at: "Mailgun", words: ["mailgun"] }),
    token(["mailchimp-key", "Mailchimp API key", "<hex:32>-us<digits:1-2>"], { at: "Mailchimp" }),
    token(["mandrill-key", "Mandrill API key", "md-<base64url:22>"], { at: "Mandrill" }),
    token(["brevo-key", "Brevo API key", "xkeysib-<hex:64>-<base62:16>"], { at: "Brevo" }),
    token(["brevo-smtp-key", "Brevo SMTP key", "xsmtpsib-<hex:64>-<base62:16>"], { at: "Brevo" }),
    named(["postmark-token", "Postmark server token", "<uuid>"], { at: "Postmark", words: ["postmark"] }),
    token(["twilio-api-key", "Twilio API key", "SK<hex:32>"], { at: "Twilio", severity: "medium" }),
    named(["twilio-auth-token", "Twilio auth token", "<hex:32>"], { at: "Twilio", words: ["twilio"] }),
    named(["messagebird-key", "MessageBird API key", "<base62:25>"], { at: "MessageBird", words: ["messagebird", "message_bird", "message-bird"] }),
    token(["resend-key", "Resend API key", "re_<base62:8>_<base62:24>"], { at: "Resend" }),
    named(["vonage-secret", "Vonage API secret", "<base62:16>"], { at: "Vonage", words: ["vonage", "nexmo"] }),
    token(["frameio-token", "Frame.io API token", "fio-u-<base64url:64>"], { at: "Frame.io" }),
    token(["onesignal-key", "OneSignal API key", ["os_v2_app_<base36:100-110>", "os_v2_org_<base36:100-110>"]], { at: "OneSignal" }),
    named(["pusher-secret", "Pusher app secret", "<hex:20>"], { at: "Pusher", words: ["pusher"] }),
    named(["sparkpost-key", "SparkPost API key", "<hex:40>"], { at: "SparkPost", words: ["sparkpost"] }),
    named(["sendbird-token", "Sendbird API token", "<hex:40>"], { at: "Sendbird", words: ["sendbird"] }),
    named(["intercom-token", "Intercom access token", "<base64:58>=="], { at: "Intercom", words: ["intercom"] }),
  ],
};
