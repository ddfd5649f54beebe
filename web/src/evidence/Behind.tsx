import { queryPage, storedPage } from "../common/links.ts";

type BehindProps =
  | { readonly what: string; readonly stored: string; readonly params?: Readonly<Record<string, string>> }
  | { readonly what: string; readonly sparql: string };

/** The way to the query behind what is shown. */
export function Behind(props: BehindProps) {
  const href = "stored" in props ? storedPage(props.stored, { params: props.params ?? {} }) : queryPage(props.sparql);
  return (
    <a class="behind no-print" href={href}>
      Show the query behind this<span class="unseen">: {props.what}</span>
    </a>
  );
}
