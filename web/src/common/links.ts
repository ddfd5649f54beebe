/** Addresses within this server. All are built from where the page itself stands, so they hold under any sub-path. */

/** The server's root, as the page's template wrote it relative to the page. */
export const root = new URL(document.documentElement.dataset.root ?? "./", window.location.href);

const NET = "https://w3id.org/net-kg/";

/** Return the address of a path of this server, such as `api/search`, with parameters. */
export function link(path: string, params: Readonly<Record<string, string | number | undefined>> = {}): string {
  const url = new URL(path, root);
  for (const [name, value] of Object.entries(params)) {
    if (value !== undefined && value !== "") url.searchParams.set(name, String(value));
  }
  return url.href;
}

/** Return the page of a term, given its IRI or local name; undefined when it is not one of ours. */
export function termLink(iri: string): string | undefined {
  const name = iri.startsWith(NET) ? iri.slice(NET.length) : iri;
  if (name.includes(":") || name === "") return undefined;
  return link(`term/${name.split("/").map(encodeURIComponent).join("/")}`);
}

/** Return an address from the API (relative to the root) as an absolute one. */
export function fromRoot(href: string): string {
  return new URL(href, root).href;
}

/** Return the query page with a query in its editor; `run` starts it. */
export function queryPage(sparql: string, { run = true }: { run?: boolean } = {}): string {
  return link(`sparql#${fragment({ query: sparql, run: run ? "1" : undefined })}`);
}

/** Return the query page with a stored query in its editor; `params` fill in its parameters. */
export function storedPage(
  name: string,
  { run = true, params = {} }: { run?: boolean; params?: Readonly<Record<string, string>> } = {},
): string {
  const given = Object.fromEntries(Object.entries(params).map(([key, value]) => [`p.${key}`, value]));
  return link(`sparql#${fragment({ stored: name, ...given, run: run ? "1" : undefined })}`);
}

/** Write names and values as the fragment of an address. */
export function fragment(values: Readonly<Record<string, string | undefined>>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "") params.set(name, value);
  }
  return params.toString();
}

/** Read the fragment of the page's address. */
export function readFragment(): URLSearchParams {
  return new URLSearchParams(window.location.hash.replace(/^#/, ""));
}
