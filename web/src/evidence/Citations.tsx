import { fromRoot } from "../common/links.ts";
import { cited, type Source } from "./sources.ts";

/** Documents with links: to where each can be read, and to its page here. */
export function Citations({ sources }: { readonly sources: readonly Source[] }) {
  return (
    <ul class="citations small">
      {sources.map((source) => (
        <li key={source.iri}>
          {source.url ? <a href={source.url}>{source.label}</a> : source.label}
          {source.numbers.map(({ curie, url }) => (
            <span key={curie} class="curie">
              {" "}
              {url && url !== source.url ? <a href={url}>{curie}</a> : curie}
            </span>
          ))}
          {source.href && (
            <>
              {" "}
              <a class="soft" href={fromRoot(source.href)}>
                in the graph
              </a>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A term by its label, linked to its page here. */
export function TermLink({ href, label }: { readonly href: string | null | undefined; readonly label: string }) {
  return href ? <a href={fromRoot(href)}>{label}</a> : label;
}

/** The documents that a figure cites, with the numbers that it cites them by. */
export function SourceList({ documents }: { readonly documents: readonly Source[] }) {
  if (!documents.length) return null;
  return (
    <details class="figure-sources">
      <summary>Sources by number ({documents.length})</summary>
      <ol class="small">
        {documents.map((source) => (
          <li key={source.iri}>{source.url ? <a href={source.url}>{cited(source)}</a> : cited(source)}</li>
        ))}
      </ol>
    </details>
  );
}
