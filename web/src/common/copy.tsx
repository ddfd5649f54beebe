import { useState } from "preact/hooks";
import { copyText } from "./download.ts";
import { Icon } from "./icons.tsx";

/** A button that puts a text on the clipboard and says so. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [said, say] = useState("");
  const copy = async () => {
    say((await copyText(text)) ? "copied" : "not allowed by the browser");
    setTimeout(() => say(""), 2000);
  };
  return (
    <button type="button" class="button" onClick={copy} title={text}>
      <Icon name="copy" />
      <span>{said || label}</span>
      <span class="unseen" role="status">
        {said && `${label}: ${said}`}
      </span>
    </button>
  );
}
