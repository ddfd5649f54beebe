import { useRef } from "preact/hooks";
import { search } from "../../common/api.ts";
import { Combobox } from "../../common/combobox.tsx";
import { Icon } from "../../common/icons.tsx";
import { type Entry, isUnknown, UNKNOWN } from "../draft.ts";
import { capital, type Feature, labelOf, type Option } from "../features.ts";
import { FieldFrame } from "./FieldFrame.tsx";

interface FieldProps {
  readonly feature: Feature;
  readonly entry: Entry;
  readonly onChange: (entry: Entry) => void;
}

const MOST = 60;
/** With fewer matches than this among the labels, synonyms are searched too. */
const FEW = 6;

/** Values by name: one or several kinds of which one is true, or, for a set, what is and what is not there. */
export function TermField({ feature, entry, onChange }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  const isSet = feature.kind === "set";
  const names = [...entry.present, ...entry.absent];
  const add = (option: Option) => {
    if (names.includes(option.label)) return;
    onChange({ ...entry, none: false, present: [...entry.present, option.label] });
  };
  const remove = (name: string) => {
    const without = (list: readonly string[]) => list.filter((one) => one !== name);
    onChange({ ...entry, present: without(entry.present), absent: without(entry.absent) });
    input.current?.focus();
  };
  const turn = (name: string) => {
    const there = entry.present.includes(name);
    const present = there ? entry.present.filter((one) => one !== name) : [...entry.present, name];
    const absent = there ? [...entry.absent, name] : entry.absent.filter((one) => one !== name);
    onChange({ ...entry, present, absent });
  };
  return (
    <FieldFrame feature={feature} known={!isUnknown(entry)}>
      {names.length > 0 && (
        <ul class="chips">
          {names.map((name) => (
            <Chip
              key={name}
              name={labelOf(feature, name)}
              absent={entry.absent.includes(name)}
              onRemove={() => remove(name)}
              {...(isSet && { onTurn: () => turn(name) })}
            />
          ))}
        </ul>
      )}
      {entry.none || (
        <Combobox<Option>
          label={`${capital(feature.name)}: add a value`}
          labelHidden
          placeholder={names.length ? (isSet ? "and …" : "or …") : "unknown – type to choose"}
          find={(text, signal) => optionsFor(feature, text, signal)}
          show={(option) => option.label}
          keyOf={(option) => option.name}
          onChoose={add}
          offerAll
          inputRef={input}
        />
      )}
      {isSet && (
        <label class="choice choice-none">
          <input
            type="checkbox"
            name={`${feature.key}-none`}
            checked={entry.none}
            onChange={(event) => onChange({ ...UNKNOWN, none: event.currentTarget.checked })}
          />
          <span>none of the kind</span>
        </label>
      )}
      {!isSet && entry.present.length > 1 && <p class="field-hint">one of these is true, not known which</p>}
    </FieldFrame>
  );
}

interface ChipProps {
  readonly name: string;
  readonly absent: boolean;
  readonly onRemove: () => void;
  /** Turns what is there into what is not, and back. */
  readonly onTurn?: () => void;
}

/** One value that was chosen. */
export function Chip({ name, absent, onRemove, onTurn }: ChipProps) {
  return (
    <li class={absent ? "chip chip-absent" : "chip"}>
      {onTurn ? (
        <button
          type="button"
          class="chip-turn"
          onClick={onTurn}
          aria-pressed={!absent}
          title="switch between there and not there"
        >
          <Icon name={absent ? "against" : "for"} />
          <span>
            {name}
            <span class="unseen">: {absent ? "not there" : "there"}</span>
          </span>
          {absent && <span aria-hidden="true"> – not there</span>}
        </button>
      ) : (
        <span>{name}</span>
      )}
      <button type="button" class="chip-remove" onClick={onRemove} aria-label={`Remove ${name}`}>
        <Icon name="close" />
      </button>
    </li>
  );
}

/** Values whose label holds a text, those that begin with it first; then those with a synonym that fits. */
async function optionsFor(feature: Feature, text: string, signal: AbortSignal): Promise<readonly Option[]> {
  const wanted = text.toLowerCase();
  const matching = feature.options.filter((option) => option.label.toLowerCase().includes(wanted));
  const rank = ({ label }: Option) =>
    label.toLowerCase() === wanted ? 0 : label.toLowerCase().startsWith(wanted) ? 1 : 2;
  const found = matching.sort((one, other) => rank(one) - rank(other)).slice(0, MOST);
  if (!wanted || found.length >= FEW) return found;
  const byName = new Map(feature.options.map((option) => [option.name, option]));
  const hits = await search(text, { limit: 50, signal });
  const others = hits.map((hit) => byName.get(hit.name)).filter((option) => option !== undefined);
  return [...found, ...others.filter((option) => !found.includes(option))];
}
