// Links that carry a query in their fragment, so that it reaches no log on the way; and the same query as code.

import { fragment, link, queryPage, readFragment, storedPage } from "../common/links.ts";
import type { Tab } from "./keep.ts";

export interface Linked {
  query: string;
  stored: string;
  values: Record<string, string>;
  run: boolean;
}

const SHORT = 200; // below this many characters a readable link is no longer than a packed one

/** Return a link to what a tab holds: by name when the stored query stands unchanged, packed when the text is long. */
export async function linkTo(tab: Tab, unchanged: boolean, run: boolean): Promise<string> {
  if (tab.stored && unchanged) return storedPage(tab.stored.name, { run, params: tab.stored.values });
  if (tab.query.length < SHORT) return queryPage(tab.query, { run });
  return link(`sparql#${fragment({ packed: await packed(tab.query), run: run ? "1" : undefined })}`);
}

/** Return what the page's address asks for: in its fragment (`query`, `packed` or `stored`), or as `?query=`; null for nothing. */
export async function readLink(): Promise<Linked | null> {
  const given = readFragment();
  const asked = new URLSearchParams(window.location.search);
  const text = given.get("packed");
  const query = text ? await unpacked(text) : (given.get("query") ?? asked.get("query") ?? "");
  const stored = given.get("stored") ?? "";
  if (!query && !stored) return null;
  const values = Object.fromEntries(
    [...given].filter(([name]) => name.startsWith("p.")).map(([name, value]) => [name.slice(2), value]),
  );
  return { query, stored, values, run: (given.get("run") ?? asked.get("run")) === "1" };
}

/** Take the query out of the page's address: it is in a tab now, and would come back with each reload. */
export function clearLink(): void {
  window.history.replaceState(null, "", window.location.pathname);
}

async function packed(text: string): Promise<string> {
  const bytes = await through(new TextEncoder().encode(text), new CompressionStream("deflate-raw"));
  const letters = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(letters).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

async function unpacked(text: string): Promise<string> {
  try {
    const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
    return new TextDecoder().decode(await through(bytes, new DecompressionStream("deflate-raw")));
  } catch {
    return "# The link was cut short on its way: ask its sender for another copy.\n";
  }
}

async function through(bytes: Uint8Array<ArrayBuffer>, stream: CompressionStream | DecompressionStream) {
  return new Uint8Array(await new Response(new Blob([bytes]).stream().pipeThrough(stream)).arrayBuffer());
}

/** Return the query as commands and programs that ask this very server. */
export function programs(query: string, isGraph: boolean): { name: string; text: string }[] {
  const endpoint = link("sparql");
  return [
    { name: "curl", text: curl(endpoint, query, isGraph) },
    { name: "Python (SPARQLWrapper)", text: python(endpoint, query, isGraph) },
    { name: "R (httr2)", text: r(endpoint, query, isGraph) },
  ];
}

function curl(endpoint: string, query: string, isGraph: boolean): string {
  const accept = isGraph ? "text/turtle" : "text/csv";
  const text = query.trimEnd().replaceAll("'", `'\\''`);
  return `curl --fail-with-body '${endpoint}' \\\n  --header 'Accept: ${accept}' \\\n  --data-urlencode 'query=${text}'\n`;
}

function python(endpoint: string, query: string, isGraph: boolean): string {
  const literal = pythonLiteral(query.trimEnd());
  const start = `from SPARQLWrapper import POST, SPARQLWrapper, ${isGraph ? "TURTLE" : "JSON"}

server = SPARQLWrapper("${endpoint}")
server.setMethod(POST)
server.setQuery(${literal})
`;
  if (isGraph) return `${start}server.setReturnFormat(TURTLE)\nprint(server.query().convert().decode())\n`;
  return `${start}server.setReturnFormat(JSON)
answer = server.queryAndConvert()
if "boolean" in answer:
    print(answer["boolean"])
else:
    for row in answer["results"]["bindings"]:
        print({name: cell["value"] for name, cell in row.items()})
`;
}

function pythonLiteral(text: string): string {
  const quoted = text.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"');
  return `"""${quoted.endsWith('"') ? `${quoted}\n` : quoted}"""`;
}

function r(endpoint: string, query: string, isGraph: boolean): string {
  const dashes = longestRun(query) + 1;
  const text = `r"${"-".repeat(dashes)}(${query.trimEnd()})${"-".repeat(dashes)}"`;
  const read = isGraph
    ? `cat(resp_body_string(answer))`
    : `table <- read.csv(text = resp_body_string(answer), check.names = FALSE)\nprint(table)`;
  return `library(httr2)

query <- ${text}
answer <- request("${endpoint}") |>
  req_headers(Accept = "${isGraph ? "text/turtle" : "text/csv"}") |>
  req_body_form(query = query) |>
  req_perform()
${read}
`;
}

/** Length of the longest row of hyphens after a closing parenthesis: R's raw strings end at one of their own length. */
function longestRun(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\)(-*)"/g)].map((match) => match[1]?.length ?? 0));
}
