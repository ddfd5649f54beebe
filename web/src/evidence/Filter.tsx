import { search } from "../common/api.ts";
import { Combobox } from "../common/combobox.tsx";
import { useOwnId } from "../common/id.ts";

/** Something to choose, with the number of rows that have it. */
export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly count?: number;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
  /** What the empty value means. */
  readonly all: string;
}

/** One of a few. */
export function SelectFilter({ label, value, choices, onChange, all }: SelectProps) {
  const id = useOwnId("filter");
  const known = choices.some((choice) => choice.value === value);
  return (
    <div class="filter">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        <option value="">{all}</option>
        {value && !known && <option value={value}>{value}</option>}
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value}>
            {choice.label}
            {choice.count !== undefined && ` (${choice.count})`}
          </option>
        ))}
      </select>
    </div>
  );
}

interface ChooseProps {
  readonly label: string;
  /** What is chosen, in words; empty when nothing is. */
  readonly chosen: string;
  readonly choices: readonly Choice[];
  readonly onChange: (value: string) => void;
  readonly placeholder: string;
  /** Also offer classes of therapies, which the choices do not list. */
  readonly terms?: boolean;
  /** Also take what was typed, when Enter is pressed. */
  readonly free?: boolean;
}

const MOST = 50;
const THERAPY_KINDS = /therap|drug|regimen|procedure|agent|care/i;

/** One of many, by name. */
export function ChooseFilter({
  label,
  chosen,
  choices,
  onChange,
  placeholder,
  terms = false,
  free = false,
}: ChooseProps) {
  const find = async (text: string, signal: AbortSignal): Promise<readonly Choice[]> => {
    const wanted = text.toLowerCase();
    const found = choices.filter((choice) => choice.label.toLowerCase().includes(wanted)).slice(0, MOST);
    if (!terms || !wanted) return found;
    const hits = await search(text, { limit: 20, signal });
    const values = new Set(found.map(({ value }) => value));
    const others = hits.filter(({ kind, name }) => THERAPY_KINDS.test(kind) && !values.has(name));
    return [...found, ...others.map(({ name, label: words }) => ({ value: name, label: words }))];
  };
  return (
    <div class="filter">
      {chosen ? (
        <>
          <span class="filter-label">{label}</span>
          <span class="chosen">
            <span>{chosen}</span>
            <button type="button" class="button button-bare" onClick={() => onChange("")}>
              any<span class="unseen"> {label}</span>
            </button>
          </span>
        </>
      ) : (
        <Combobox<Choice>
          label={label}
          placeholder={placeholder}
          find={find}
          show={(choice) => (
            <span class="hit-line">
              {choice.label}
              {choice.count !== undefined && <span class="soft tiny">{choice.count}</span>}
            </span>
          )}
          keyOf={(choice) => choice.value}
          onChoose={(choice) => onChange(choice.value)}
          offerAll
          {...(free && { onSubmit: (text: string) => text && onChange(text) })}
        />
      )}
    </div>
  );
}
