import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { grafanaService, jsonInside } from "../shared/checks.ts";
import { named, token } from "../shared/rows.ts";

const NEW_RELIC = { at: "New Relic" };

export const observability: SecretGroup = {
  id: "observability",
  title: "Metrics, logs and errors",
  needs: [],
  state: "trial",
  kinds: [
    token(["clickhouse-cloud-key", "ClickHouse Cloud API secret", "4b1d<base62:38>"], { at: "ClickHouse Cloud" }),
    named(["datadog-key", "Datadog API or application key", ["<hex:32>", "<hex:40>"]], { at: "Datadog", words: ["datadog", "dd_api", "dd_app", "dd-api"] }),
    token(["newrelic-user-key", "New Relic user key", "NRAK-<BASE36:27>"], NEW_RELIC),
    token(["newrelic-insights-key", "New Relic insert key", "NRII-<base64url:32>"], { ...NEW_RELIC, severity: "medium" }),
    token(["newrelic-license-key", "New Relic license key", "<hex:36>NRAL"], { ...NEW_RELIC, severity: "medium" }),
    token(["grafana-cloud-token", "Grafana Cloud access policy token", "glc_eyJ<base64:60-400><equals:0-2>"], { at: "Grafana", check: jsonInside(/^glc_/) }),
    token(["grafana-service-token", "Grafana service account token", "glsa_<base62:32>_<hex:8>"], { at: "Grafana", check: grafanaService }),
    token(["grafana-api-key", "Grafana API key (old form)", "eyJrIjoi<base64:60-400><equals:0-2>"], { at: "Grafana", check: jsonInside(/^/) }),
    token(["sentry-org-token", "Sentry organisation token", "sntrys_eyJ<base64:60-600><equals:0-2>_<base64:43>"], { at: "Sentry" }),
    token(["sentry-user-token", "Sentry user token", "sntryu_<hex:64>"], { at: "Sentry" }),
    named(["sentry-token", "Sentry auth token (old form)", "<hex:64>"], { at: "Sentry", words: ["sentry"] }),
    token(["honeycomb-key", "Honeycomb key", ["hcaik_<base36:58>", "hcamk_<base36:58>"]], { at: "Honeycomb", severity: "medium" }),
    token(["dynatrace-token", "Dynatrace API token", ["dt0c01.<BASE36:24>.<BASE36:64>", "dt0s01.<BASE36:8>.<BASE36:64>"]], { at: "Dynatrace" }),
    named(["splunk-token", "Splunk HTTP event collector token", "<uuid>"], { at: "Splunk", severity: "medium", words: ["splunk"] }),
    named(["sumologic-key", "Sumo Logic access key", "<base62:64>"], { at: "Sumo Logic", words: ["sumo"] }),
    named(["loggly-token", "Loggly token", "<uuid>"], { at: "Loggly", severity: "medium", words: ["loggly"] }),
    token(["elastic-cloud-key", "Elastic Cloud API key", "essu_<base64:60-200><equals:0-2>"], { at: "Elastic Cloud" }),
    named(["pagerduty-key", "PagerDuty API key", "<base64url:20>"], { at: "PagerDuty", words: ["pagerduty", "pager_duty", "pd_api"] }),
    named(["opsgenie-key", "Opsgenie API key", "<uuid>"], { at: "Opsgenie", words: ["opsgenie"] }),
    named(["rollbar-token", "Rollbar access token", "<hex:32>"], { at: "Rollbar", severity: "medium", words: ["rollbar"] }),
    named(["bugsnag-key", "Bugsnag API key", "<hex:32>"], { at: "Bugsnag", severity: "medium", words: ["bugsnag"] }),
    token(["posthog-key", "PostHog personal API key", "phx_<base62:43-48>"], { at: "PostHog" }),
    token(["segment-token", "Segment public API token", "sgp_<base62:64>"], { at: "Segment" }),
    named(["logzio-token", "Logz.io token", ["<base62:32>", "<uuid>"]], { at: "Logz.io", severity: "medium", words: ["logzio"] }),
    named(["mixpanel-secret", "Mixpanel secret", "<hex:32>"], { at: "Mixpanel", words: ["mixpanel"] }),
    named(["amplitude-key", "Amplitude secret key", "<hex:32>"], { at: "Amplitude", severity: "medium", words: ["amplitude"] }),
  ],
};
