import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { awsAccount } from "../shared/checks.ts";
import { named, token } from "../shared/rows.ts";

const AWS = { at: "AWS" };
const GOOGLE = { at: "Google Cloud" };
const AZURE = { at: "Azure" };

export const clouds: SecretGroup = {
  id: "clouds",
  title: "Clouds",
  needs: [],
  state: "trial",
  kinds: [
    token(["aws-access-key-id", "AWS access key id", ["AKIA<base32:16>", "ASIA<base32:16>", "ABIA<base32:16>", "ACCA<base32:16>"]], { ...AWS, severity: "medium", check: awsAccount }),
    named(["aws-secret-key", "AWS secret access key", "<base64:40>"], {
      ...AWS,
      severity: "critical",
      words: ["aws_secret", "aws-secret", "secret_access_key", "secret-access-key", "secretaccesskey", "secretAccessKey", "awsSecret"],
    }),
    named(["aws-session-token", "AWS session token", "<padded64:100-1500>"], { ...AWS, severity: "medium", words: ["aws_session_token", "aws-session-token", "sessionToken", "aws_security_token"] }),
    token(["aws-bedrock-key", "Amazon Bedrock API key", "ABSK<base64:109-269><equals:0-2>"], AWS),
    token(["aws-bedrock-session-key", "Amazon Bedrock API key (short-term)", "bedrock-api-key-<base64:60-1500><equals:0-2>"], { ...AWS, severity: "medium" }),
    token(["amazon-mws-token", "Amazon Marketplace token", "amzn.mws.<uuid>"], { at: "Amazon" }),
    token(["google-api-key", "Google API key", "AIza<base64url:35>"], GOOGLE),
    token(["google-client-secret", "Google OAuth client secret", "GOCSPX-<base64url:28>"], GOOGLE),
    token(["google-access-token", "Google OAuth access token", "ya29.<base64url:60-1500>"], { ...GOOGLE, severity: "medium" }),
    token(["google-refresh-token", "Google OAuth refresh token", "1//0<base64url:60-120>"], GOOGLE),
    token(["azure-storage-key", "Azure storage account key", "<base64:76>+ASt<base64:6>=="], { ...AZURE, severity: "critical" }),
    token(["azure-cosmos-key", "Azure Cosmos DB key", "<base64:76>ACDb<base64:6>=="], { ...AZURE, severity: "critical" }),
    token(["azure-batch-key", "Azure Batch account key", "<base64:76>+ABa<base64:6>=="], AZURE),
    token(["azure-registry-key", "Azure Container Registry password", "<base64:42>+ACR<base64:6>"], { ...AZURE, severity: "critical" }),
    token(["azure-search-key", "Azure AI Search key", "<base62:42>AzSe<base62:6>"], AZURE),
    token(["azure-function-key", "Azure Functions key", "<base64url:44>AzFu<base64url:6>=="], AZURE),
    token(["azure-cache-key", "Azure Cache for Redis key", "<base62:33>AzCa<base62:6>="], AZURE),
    token(["azure-service-bus-key", "Azure Service Bus key", "<base64:33>+ASb<base64:6>="], AZURE),
    token(["azure-event-hub-key", "Azure Event Hubs key", "<base64:33>+AEh<base64:6>="], AZURE),
    token(["azure-relay-key", "Azure Relay key", "<base64:33>+ARm<base64:6>="], AZURE),
    token(["azure-client-secret", "Microsoft Entra client secret", "<azure:3><digits:1>Q~<azure:31-34>"], { at: "Microsoft Entra", severity: "critical" }),
    token(["digitalocean-token", "DigitalOcean personal access token", "dop_v1_<hex:64>"], { at: "DigitalOcean", severity: "critical" }),
    token(["digitalocean-oauth-token", "DigitalOcean OAuth token", "doo_v1_<hex:64>"], { at: "DigitalOcean" }),
    token(["digitalocean-refresh-token", "DigitalOcean refresh token", "dor_v1_<hex:64>"], { at: "DigitalOcean" }),
    named(["digitalocean-spaces-secret", "DigitalOcean Spaces secret", "<base64:43>"], { at: "DigitalOcean", words: ["spaces"] }),
    token(["alibaba-access-key-id", "Alibaba Cloud access key id", "LTAI<base62:20>"], { at: "Alibaba Cloud", severity: "medium" }),
    named(["alibaba-secret-key", "Alibaba Cloud secret key", "<base62:30>"], { at: "Alibaba Cloud", severity: "critical", words: ["alibaba", "aliyun", "alicloud"] }),
    token(["tencent-secret-id", "Tencent Cloud secret id", "AKID<base62:32>"], { at: "Tencent Cloud", severity: "medium" }),
    named(["tencent-secret-key", "Tencent Cloud secret key", "<base62:32>"], { at: "Tencent Cloud", words: ["tencent"] }),
    token(["yandex-api-key", "Yandex Cloud API key", "AQVN<base64url:35-38>"], { at: "Yandex Cloud" }),
    token(["yandex-static-key", "Yandex Cloud static access key", "YCAJE<base64url:20>"], { at: "Yandex Cloud", severity: "medium" }),
    named(["ibm-cloud-key", "IBM Cloud API key", "<base64url:44>"], { at: "IBM Cloud", words: ["ibmcloud", "ibm_cloud", "bluemix"] }),
    named(["hetzner-token", "Hetzner Cloud API token", "<base62:64>"], { at: "Hetzner", words: ["hcloud", "hetzner"] }),
    named(["linode-token", "Linode access token", "<hex:64>"], { at: "Linode", words: ["linode"] }),
    named(["vultr-key", "Vultr API key", "<BASE36:36>"], { at: "Vultr", words: ["vultr"] }),
    named(["scaleway-secret-key", "Scaleway secret key", "<uuid>"], { at: "Scaleway", words: ["scw", "scaleway"] }),
    named(["cloudflare-token", "Cloudflare API token", ["<base64url:40>", "<hex:37>"]], { at: "Cloudflare", words: ["cloudflare", "cf_api"] }),
    token(["cloudflare-origin-key", "Cloudflare origin CA key", "v1.0-<hex:24>-<hex:146>"], { at: "Cloudflare" }),
    named(["fastly-token", "Fastly API token", "<base64url:32>"], { at: "Fastly", words: ["fastly"] }),
    token(["akamai-client-token", "Akamai EdgeGrid token", "akab-<base36:16>-<base36:16>"], { at: "Akamai" }),
  ],
};
