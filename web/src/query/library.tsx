import { useMemo, useState } from "preact/hooks";
import { type Hit, type Parameter, type StoredQuery, search } from "../common/api.ts";
import { Combobox } from "../common/combobox.tsx";
import { useOwnId } from "../common/id.ts";
import { HitLine } from "../common/search.tsx";

export interface Theme {
  tag: string;
  title: string;
  queries: { name: string }[];
}

interface LibraryProperties {
  queries: readonly StoredQuery[];
  themes: readonly Theme[];
  onOpen: (query: StoredQuery) => void;
}

/** The stored queries by theme; each stands under its first theme. */
export function Library({ queries, themes, onOpen }: LibraryProperties) {
  const [wanted, setWanted] = useState("");
  const groups = useMemo(() => grouped(queries, themes, wanted), [queries, themes, wanted]);
  const count = groups.reduce((sum, group) => sum + group.queries.length, 0);
  return (
    <div class="library">
      <div class="library-filter">
        <input
          type="search"
          aria-label="Filter examples"
          placeholder="Filter examples"
          value={wanted}
          onInput={(event) => setWanted(event.currentTarget.value)}
        />
        <span class="unseen" role="status">
          {wanted && `${count} examples`}
        </span>
      </div>
      {groups.map(({ title, queries: found }) => (
        <section key={title}>
          <h3>{title}</h3>
          <ul class="plain-list">
            {found.map((query) => (
              <li key={query.name}>
                <button type="button" class="example" onClick={() => onOpen(query)} title={query.summary}>
                  {query.title}
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
      {count === 0 && queries.length > 0 && <p class="soft small">No example fits these words.</p>}
    </div>
  );
}

function grouped(queries: readonly StoredQuery[], themes: readonly Theme[], wanted: string) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const isWanted = ({ title, summary, tags, name }: StoredQuery) => {
    const text = [title, summary, name, ...tags].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  };
  const left = new Map(queries.filter(isWanted).map((query) => [query.name, query]));
  const found = themes.map(({ title, queries: named }) => {
    const ours = named.flatMap(({ name }) => left.get(name) ?? []);
    for (const query of ours) left.delete(query.name);
    return { title, queries: ours };
  });
  return [...found, { title: "Further", queries: [...left.values()] }].filter((group) => group.queries.length > 0);
}

interface FormProperties {
  query: StoredQuery;
  values: Readonly<Record<string, string>>;
  isBusy: boolean;
  onValues: (values: Record<string, string>) => void;
}

/** The parameters of a stored query as a form; sending it writes the values into the query and runs it. */
export function ParameterForm({ query, values, isBusy, onValues }: FormProperties) {
  const [given, setGiven] = useState<Record<string, string>>({ ...values });
  const send = (event: Event) => {
    event.preventDefault();
    onValues(given);
  };
  return (
    <form class="parameters" onSubmit={send} aria-label={`Values for: ${query.title}`}>
      <p class="small soft">{query.summary}</p>
      {query.params.length > 0 && (
        <div class="parameter-fields">
          {query.params.map((param) => (
            <Field
              key={param.name}
              param={param}
              value={given[param.name] ?? param.default}
              onValue={(value) => setGiven({ ...given, [param.name]: value })}
            />
          ))}
          <button class="button" type="submit" disabled={isBusy}>
            Use these values
          </button>
        </div>
      )}
    </form>
  );
}

interface FieldProperties {
  param: Parameter;
  value: string;
  onValue: (value: string) => void;
}

function Field({ param, value, onValue }: FieldProperties) {
  const id = useOwnId("value");
  const help = <span class="tiny soft">{param.help}</span>;
  if (param.type.startsWith("term")) {
    return (
      <div class="parameter">
        <TermField param={param} value={value} onValue={onValue} />
        {help}
      </div>
    );
  }
  return (
    <div class="parameter">
      <label for={id}>{param.name}</label>
      {param.choices ? (
        <select id={id} value={value} onChange={(event) => onValue(event.currentTarget.value)}>
          {param.choices.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </select>
      ) : (
        <input
          id={id}
          type="text"
          inputMode={param.type === "number" || param.type === "integer" ? "decimal" : "text"}
          value={value}
          onInput={(event) => onValue(event.currentTarget.value)}
        />
      )}
      {help}
    </div>
  );
}

function TermField({ param, value, onValue }: FieldProperties) {
  return (
    <Combobox<Hit>
      label={param.name}
      value={value}
      find={(text, signal) => search(text, { limit: 8, signal })}
      show={(hit) => <HitLine hit={hit} />}
      keyOf={(hit) => hit.iri ?? hit.name}
      textOf={(hit) => hit.label}
      onText={onValue}
      onChoose={(hit) => onValue(hit.name)}
    />
  );
}
