import { termLink } from "../common/links.ts";
import { inWords } from "../common/words.ts";

/** The name of a rule of the ontology in words, with a link to what it says. */
export function Rule({ curie }: { readonly curie: string }) {
  const name = curie.replace(/^net:/, "");
  return <a href={termLink(name) ?? curie}>{inWords(name)}</a>;
}
