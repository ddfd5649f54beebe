import { useEffect, useRef, useState } from "preact/hooks";
import { CopyButton } from "../common/copy.tsx";
import { Icon } from "../common/icons.tsx";
import type { Tab } from "./keep.ts";
import { linkTo, programs } from "./share.ts";
import { formOf, tokens } from "./sparql.ts";

interface Properties {
  tab: Tab;
  /** The text is that of the stored query, with the tab's values. */
  unchanged: boolean;
  onClose: () => void;
}

/** A dialog with the query as a link and as code. */
export function Elsewhere({ tab, unchanged, onClose }: Properties) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [run, setRun] = useState(false);
  const [address, setAddress] = useState("");
  const form = formOf(tokens(tab.query));
  const texts = programs(tab.query, form === "CONSTRUCT" || form === "DESCRIBE");

  useEffect(() => dialog.current?.showModal(), []);
  useEffect(() => {
    let isLatest = true;
    linkTo(tab, unchanged, run).then((link) => isLatest && setAddress(link));
    return () => {
      isLatest = false;
    };
  }, [tab, unchanged, run]);

  return (
    <dialog ref={dialog} class="elsewhere" aria-labelledby="elsewhere-title" onClose={onClose}>
      <div class="section-head">
        <h2 id="elsewhere-title">Use this query elsewhere</h2>
        <button type="button" class="button" onClick={() => dialog.current?.close()}>
          <Icon name="close" />
          Close
        </button>
      </div>
      <article class="stack-s">
        <h3>Link</h3>
        <div class="row">
          <input
            class="share-link"
            type="text"
            readOnly
            aria-label="Link to this query"
            value={address}
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton text={address} label="Copy link" />
        </div>
        <label class="switch small">
          <input type="checkbox" checked={run} onChange={(event) => setRun(event.currentTarget.checked)} /> Run the
          query when the link is opened
        </label>
      </article>
      {texts.map(({ name, text }) => (
        <article class="stack-s" key={name}>
          <div class="section-head">
            <h3>{name}</h3>
            <CopyButton text={text} label="Copy" />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
          <section class="scrolled-text" tabIndex={0} aria-label={`The query for ${name}`}>
            <pre>{text}</pre>
          </section>
        </article>
      ))}
    </dialog>
  );
}
