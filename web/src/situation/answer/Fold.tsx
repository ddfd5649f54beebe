import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";

interface FoldProps {
  readonly summary: ComponentChildren;
  readonly children: () => ComponentChildren;
  readonly open?: boolean;
  readonly class?: string;
}

/** A part that is drawn only once it is opened: an answer has hundreds of statements. */
export function Fold({ summary, children, open = false, class: className }: FoldProps) {
  const [shown, show] = useState(open);
  useEffect(() => show(open), [open]);
  return (
    <details class={className} open={shown} onToggle={(event) => show(event.currentTarget.open)}>
      <summary>{summary}</summary>
      {shown && children()}
    </details>
  );
}
