import type { RefObject } from "preact";
import { type Hit, search } from "./api.ts";
import { Combobox } from "./combobox.tsx";
import { fromRoot, link } from "./links.ts";

interface TermSearchProps {
  label: string;
  placeholder: string;
  limit: number;
  value?: string;
  autoFocus?: boolean;
  inputRef?: RefObject<HTMLInputElement | null>;
  /** Default: go to the page of what was chosen. */
  onChoose?: (hit: Hit) => void;
}

/** Search over labels, synonyms and identifiers; choosing goes to the term or question. */
export function TermSearch({ limit, onChoose, ...rest }: TermSearchProps) {
  return (
    <Combobox<Hit>
      {...rest}
      labelHidden
      name="q"
      find={(text, signal) => search(text, { limit, signal })}
      keyOf={(hit) => hit.iri ?? hit.name}
      textOf={(hit) => hit.label}
      show={(hit) => <HitLine hit={hit} />}
      onChoose={onChoose ?? ((hit) => hit.href && window.location.assign(fromRoot(hit.href)))}
      onSubmit={(text) => text && window.location.assign(link("search", { q: text }))}
    />
  );
}

/** One found term: label, kind, CURIE, and the synonym or identifier that matched. */
export function HitLine({ hit }: { hit: Hit }) {
  return (
    <>
      <span class="hit-line">
        <strong>{hit.label}</strong>
        <span class="tag">{hit.kind}</span>
        {hit.curie && <span class="curie">{hit.curie}</span>}
      </span>
      {hit.matched && hit.matched !== hit.label && <span class="tiny soft">also called {hit.matched}</span>}
    </>
  );
}
