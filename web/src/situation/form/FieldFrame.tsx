import type { ComponentChildren } from "preact";
import { useContext } from "preact/hooks";
import { Icon } from "../../common/icons.tsx";
import type { Derived } from "../answer/types.ts";
import { capital, type Feature } from "../features.ts";
import { Rule } from "../Rule.tsx";
import { keyOfPath, Sayings } from "./notes.ts";

/** Id of the element around a field. */
export function fieldId(key: string): string {
  return `field-${key}`;
}

/** Id of what is said below a field. */
export function notesId(key: string): string {
  return `notes-${key}`;
}

interface FrameProps {
  readonly feature: Feature;
  /** Id of the control that the name belongs to; without it the field is a group of controls. */
  readonly controlId?: string;
  readonly known: boolean;
  readonly children: ComponentChildren;
}

/** A field with its name, its state, and what the server says of it. */
export function FieldFrame({ feature, controlId, known, children }: FrameProps) {
  const { decides } = useContext(Sayings);
  const count = known ? 0 : (decides.get(feature.key) ?? 0);
  const name = capital(feature.name);
  const head = (
    <>
      <span class="field-name">
        {name}
        {feature.unit && feature.unit !== "score" && feature.unit !== "line" && (
          <span class="soft"> ({feature.unit})</span>
        )}
      </span>
      {count > 0 && (
        <span class="tag tag-open" title="open statements that it would help to decide">
          <Icon name="open" />
          would help decide {count}
        </span>
      )}
    </>
  );
  const id = fieldId(feature.key);
  return controlId ? (
    <div class="field" id={id}>
      <label class="field-head" for={controlId}>
        {head}
      </label>
      {children}
      <FieldNotes feature={feature} />
    </div>
  ) : (
    <fieldset class="field" id={id} aria-describedby={notesId(feature.key)}>
      <legend class="field-head">{head}</legend>
      {children}
      <FieldNotes feature={feature} />
    </fieldset>
  );
}

/** What follows about a feature, what is wrong with it, and what it contradicts. */
function FieldNotes({ feature }: { readonly feature: Feature }) {
  const { notes, nameOf } = useContext(Sayings);
  const errors = notes.errors.filter((error) => error.key === feature.key);
  const derived = notes.derived.filter((item) => item.feature === feature.key);
  const contradicted = notes.contradiction.some((fact) => keyOfPath(fact.path) === feature.key);
  const others = [...new Set(notes.contradiction.map((fact) => keyOfPath(fact.path)))].filter(
    (key) => key !== feature.key,
  );
  return (
    <div class="field-notes" id={notesId(feature.key)} aria-live="polite">
      {errors.map((error) => (
        <p key={error.message} class="field-error">
          <Icon name="against" />{" "}
          <span>
            Not understood: {error.message}. {error.hint && <span class="soft">{capital(error.hint)}.</span>}
          </span>
        </p>
      ))}
      {contradicted && (
        <p class="field-error" data-contradiction={feature.key}>
          <Icon name="against" />{" "}
          <span>
            Contradiction{others.length > 0 && ` with ${others.map((key) => nameOf(key)).join(" and ")}`}: these cannot
            all be true.
          </span>
        </p>
      )}
      {derived.map((item) => (
        <DerivedNote key={item.text} item={item} />
      ))}
    </div>
  );
}

/** What follows, from what, and by which rule. */
export function DerivedNote({ item }: { readonly item: Derived }) {
  const { nameOf } = useContext(Sayings);
  const value = item.text.replace(/^[^:]*:\s*/, "");
  const from = [...new Set(item.from.map((path) => nameOf(keyOfPath(path))))];
  return (
    <p class="field-derived" data-derived={item.feature}>
      <span aria-hidden="true">→</span>{" "}
      <span>
        follows: <strong>{value}</strong>{" "}
        <span class="soft">
          from {from.join(", ")}
          {item.rules.length > 0 && (
            <> · rule {item.rules.map((rule, index) => [index > 0 && ", ", <Rule key={rule} curie={rule} />])}</>
          )}
        </span>
      </span>
    </p>
  );
}
