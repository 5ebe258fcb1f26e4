import type { SecretGroup } from "../../../stages/secrets/contract.ts";
import { containing } from "../shared/checks.ts";
import { named, token } from "../shared/rows.ts";

export const ai: SecretGroup = {
  id: "ai",
  title: "Models and what is built on them",
  needs: [],
  state: "trial",
  kinds: [
    token(["openai-key", "OpenAI API key", ["sk-<base62:20>T3BlbkFJ<base62:20>", "sk-proj-<base64url:120-180>", "sk-svcacct-<base64url:120-180>", "sk-admin-<base64url:120-180>"]], {
      at: "OpenAI",
      check: containing("T3BlbkFJ"),
    }),
    token(["anthropic-key", "Anthropic API key", "sk-ant-api03-<base64url:93>AA"], { at: "Anthropic" }),
    token(["anthropic-admin-key", "Anthropic admin key", "sk-ant-admin01-<base64url:93>AA"], { at: "Anthropic", severity: "critical" }),
    token(["hugging-face-token", "Hugging Face access token", "hf_<base62:34-40>"], { at: "Hugging Face" }),
    token(["hugging-face-org-token", "Hugging Face organisation token", "api_org_<base62:34>"], { at: "Hugging Face" }),
    token(["replicate-token", "Replicate API token", "r8_<base62:37>"], { at: "Replicate" }),
    token(["groq-key", "Groq API key", "gsk_<base62:52>"], { at: "Groq" }),
    token(["perplexity-key", "Perplexity API key", "pplx-<base62:48>"], { at: "Perplexity" }),
    named(["cohere-key", "Cohere API key", "<base62:40>"], { at: "Cohere", words: ["cohere", "co_api"] }),
    named(["mistral-key", "Mistral API key", "<base62:32>"], { at: "Mistral", words: ["mistral"] }),
    token(["xai-key", "xAI API key", "xai-<base62:80>"], { at: "xAI" }),
    named(["deepseek-key", "DeepSeek API key", "sk-<hex:32>"], { at: "DeepSeek", words: ["deepseek"] }),
    token(["openrouter-key", "OpenRouter API key", "sk-or-v1-<hex:64>"], { at: "OpenRouter" }),
    token(["together-key", "Together AI API key", "tgp_v1_<base64url:43>"], { at: "Together AI" }),
    token(["langsmith-key", "LangSmith API key", ["lsv2_pt_<hex:32>_<hex:10>", "lsv2_sk_<hex:32>_<hex:10>"]], { at: "LangSmith" }),
    token(["langfuse-secret-key", "Langfuse secret key", "sk-lf-<uuid>"], { at: "Langfuse" }),
    token(["pinecone-key", "Pinecone API key", "pcsk_<base62:5-6>_<base62:63>"], { at: "Pinecone" }),
    named(["wandb-key", "Weights & Biases API key", "<hex:40>"], { at: "Weights & Biases", words: ["wandb"] }),
    token(["nvidia-key", "NVIDIA API key", "nvapi-<base64url:64>"], { at: "NVIDIA" }),
    token(["tavily-key", "Tavily API key", "tvly-<base62:32>"], { at: "Tavily" }),
    named(["elevenlabs-key", "ElevenLabs API key", ["sk_<hex:48>", "<hex:32>"]], { at: "ElevenLabs", words: ["elevenlabs", "eleven_labs", "xi-api"] }),
    named(["stability-key", "Stability AI API key", "sk-<base62:48>"], { at: "Stability AI", words: ["stability"] }),
    token(["jina-key", "Jina AI API key", "jina_<base64url:60>"], { at: "Jina AI" }),
    token(["voyage-key", "Voyage AI API key", "pa-<base64url:43>"], { at: "Voyage AI" }),
  ],
};
