/** Documents that can be cited, numbered in the order in which a figure cites them. */

export interface Source {
  readonly iri: string;
  readonly label: string;
  /** Its page here, relative to the root of the server. */
  readonly href: string | null;
  /** Where it can be read. */
  readonly url: string | null;
  readonly numbers: readonly { readonly curie: string; readonly url: string | null }[];
  readonly issuer: string | null;
  readonly issued: string | null;
}

const CURATION: Readonly<Record<string, string>> = {
  abstract: "read in abstract",
  secondary: "secondary page",
  unverified: "not verified",
};

/** How far a row was checked, in a narrow column; rows read in the source itself carry no remark. */
export function curationRemark(curation: string): string {
  return CURATION[curation] ?? "";
}

/** Numbers documents in the order in which they are cited. */
export class References {
  readonly #numbers = new Map<string, number>();
  readonly #documents: Source[] = [];

  /** The numbers of some documents, such as `[2, 5]`. */
  cite(sources: readonly Source[]): string {
    const numbers = sources.map((source) => this.#number(source)).sort((one, other) => one - other);
    return numbers.length ? `[${numbers.join(", ")}]` : "";
  }

  /** All cited documents, in order. */
  get documents(): readonly Source[] {
    return this.#documents;
  }

  #number(source: Source): number {
    const known = this.#numbers.get(source.iri);
    if (known !== undefined) return known;
    this.#documents.push(source);
    this.#numbers.set(source.iri, this.#documents.length);
    return this.#documents.length;
  }
}

/** A document in one line: its name and its identifiers. */
export function cited(source: Source): string {
  return [source.label, ...source.numbers.map(({ curie }) => curie)].join(" · ");
}
