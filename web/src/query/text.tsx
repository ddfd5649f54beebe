import { useEffect, useState } from "preact/hooks";
import { CopyButton } from "../common/copy.tsx";
import { ProblemBox } from "../common/problem.tsx";
import { type Answer, bytesIn, GRAPH_FORMATS, send, TABLE_FORMATS } from "./run.ts";

const MOST = 200_000; // characters that a page still scrolls well

const NAMES: Record<string, string> = {
  "application/sparql-results+json": "JSON",
  "application/sparql-results+xml": "XML",
  "text/csv": "CSV",
  "text/tab-separated-values": "TSV",
  "text/turtle": "Turtle",
  "application/n-triples": "N-Triples",
  "application/ld+json": "JSON-LD",
};

/** The answer as the server writes it, in each of its formats. */
export function TextView({ query, answer }: { query: string; answer: Answer }) {
  const formats: string[] = Object.values(answer.kind === "triples" ? GRAPH_FORMATS : TABLE_FORMATS);
  const [format, setFormat] = useState(answer.kind === "triples" ? GRAPH_FORMATS.ttl : answer.mediaType);
  const [fetched, setFetched] = useState<{ format: string; text: string } | null>(null);
  const [error, setError] = useState<unknown>(null);

  useEffect(() => {
    if (format === answer.mediaType) return;
    const controller = new AbortController();
    setError(null);
    send(query, format, controller.signal)
      .then((response) => response.text())
      .then((text) => setFetched({ format, text }))
      .catch((problem: unknown) => controller.signal.aborted || setError(problem));
    return () => controller.abort();
  }, [query, answer, format]);

  const text = format === answer.mediaType ? answer.text : fetched?.format === format ? fetched.text : null;
  return (
    <div class="stack-s">
      <div class="row small">
        <label>
          Format{" "}
          <select value={format} onChange={(event) => setFormat(event.currentTarget.value)}>
            {formats.map((type) => (
              <option key={type} value={type}>
                {NAMES[type] ?? type}
              </option>
            ))}
          </select>
        </label>
        {text !== null && <CopyButton text={text} label="Copy" />}
      </div>
      {error ? <ProblemBox error={error} heading="This format could not be fetched" /> : null}
      {text !== null && text.length > MOST && (
        <p class="small soft">
          The first {bytesIn(MOST)} of {bytesIn(text.length)} are shown; a download holds everything.
        </p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scrolled-text" tabIndex={0} aria-label="Text of the answer">
        <pre>{text === null ? (error ? "" : "…") : text.slice(0, MOST)}</pre>
      </section>
    </div>
  );
}
