// An agent of the TypeScript SDK. Usage: node sdk_client.js SERVER_URL legacy|auto
// It prints one JSON object a line: first {"open": URL} for the person's browser, which answers on stdin
// with the address that it was sent back to; then what each step gave.
import { createInterface } from "node:readline/promises";
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from "@modelcontextprotocol/client";

const [server, mode] = process.argv.slice(2);
const stdin = createInterface({ input: process.stdin });
const say = (value) => console.log(JSON.stringify(value));

const kept = {};
let asked = 0;
const provider = {
  redirectUrl: "http://127.0.0.1:41999/callback",
  clientMetadata: {
    client_name: "TypeScript agent",
    redirect_uris: ["http://127.0.0.1:41999/callback"],
    token_endpoint_auth_method: "none",
  },
  clientInformation: () => kept.client,
  saveClientInformation: (client) => { kept.client = client; },
  tokens: () => kept.tokens,
  saveTokens: (tokens) => { kept.tokens = tokens; },
  codeVerifier: () => kept.verifier,
  saveCodeVerifier: (verifier) => { kept.verifier = verifier; },
  discoveryState: () => kept.discovery,
  invalidateCredentials: (what) => {
    if (what === "all" || what === "tokens") delete kept.tokens;
    if (what === "all" || what === "client") delete kept.client;
  },
  saveDiscoveryState: (state) => { kept.discovery = state; },
  redirectToAuthorization: (url) => { asked += 1; say({ open: url.href }); },
};

async function tools() {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode } });
  const transport = new StreamableHTTPClientTransport(new URL(server), { authProvider: provider });
  try {
    await client.connect(transport);
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
    const { value } = await stdin[Symbol.asyncIterator]().next();
    await transport.finishAuth(new URL(value).searchParams);
    return tools();
  }
  const { tools: listed } = await client.listTools();
  const answer = await client.callTool({ name: "search", arguments: { query: "n2 core" } });
  await client.close();
  return { tools: listed.map((tool) => tool.name), contract: answer.structuredContent.contract, asked };
}

say(await tools());
kept.tokens = { ...kept.tokens, access_token: "expired" };
say(await tools());

const revocation = new URL("/oauth/revoke", server);
const form = new URLSearchParams({ token: kept.tokens.refresh_token, client_id: kept.client.client_id });
const revoked = await fetch(revocation, { method: "POST", body: form });
say({ revoked: revoked.status });
say(await tools());
stdin.close();
