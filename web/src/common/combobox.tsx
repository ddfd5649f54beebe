import type { ComponentChildren, RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useOwnId } from "./id.ts";

export interface ComboboxProps<Item> {
  /** What the field asks for; read aloud, and shown unless `labelHidden`. */
  label: string;
  labelHidden?: boolean;
  placeholder?: string;
  /** Text at the start. */
  value?: string;
  /** Return what fits the text; the signal stops it when the reader types on. */
  find: (text: string, signal: AbortSignal) => Promise<readonly Item[]> | readonly Item[];
  show: (item: Item) => ComponentChildren;
  keyOf: (item: Item) => string;
  /** Text that the field holds once an item is chosen; the field is emptied without it. */
  textOf?: (item: Item) => string;
  onChoose: (item: Item) => void;
  /** Enter without a chosen item. */
  onSubmit?: (text: string) => void;
  onError?: (error: unknown) => void;
  onText?: (text: string) => void;
  /** Offer items even for an empty text. */
  offerAll?: boolean;
  name?: string;
  autoFocus?: boolean;
  inputRef?: RefObject<HTMLInputElement | null>;
}

const PAUSE = 60; // milliseconds between the last key and the question

/** A field with a list of what fits, after the ARIA 1.2 pattern: arrows move, Enter chooses, Escape closes. */
export function Combobox<Item>(props: ComboboxProps<Item>) {
  const id = useOwnId("combobox");
  const own = useRef<HTMLInputElement>(null);
  const input = props.inputRef ?? own;
  const list = useRef<HTMLDivElement>(null);
  const [text, setText] = useState(props.value ?? "");
  const [items, setItems] = useState<readonly Item[]>([]);
  const [open, setOpen] = useState(false);
  const [place, setPlace] = useState(-1);
  const [asked, setAsked] = useState("");
  const latestFind = useRef(props.find);
  latestFind.current = props.find;
  const wanted = props.offerAll || text.trim() !== "";

  useEffect(() => {
    if (!open || !wanted) {
      setItems([]);
      setPlace(-1);
      return;
    }
    const controller = new AbortController();
    const timer = setTimeout(async () => {
      try {
        const found = await latestFind.current(text.trim(), controller.signal);
        if (controller.signal.aborted) return;
        setItems(found);
        setAsked(text);
        setPlace(-1);
      } catch (error) {
        if (!controller.signal.aborted) props.onError?.(error);
      }
    }, PAUSE);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [text, open, wanted]);

  useEffect(() => {
    list.current?.children[place]?.scrollIntoView({ block: "nearest" });
  }, [place]);

  const type = (value: string) => {
    setText(value);
    props.onText?.(value);
    setOpen(true);
  };
  const choose = (item: Item) => {
    setText(props.textOf?.(item) ?? "");
    setOpen(false);
    props.onChoose(item);
  };
  const press = (event: KeyboardEvent) => {
    const last = items.length - 1;
    const moves: Record<string, number> = {
      ArrowDown: place >= last ? 0 : place + 1,
      ArrowUp: place <= 0 ? last : place - 1,
    };
    const move = moves[event.key];
    if (move !== undefined) {
      event.preventDefault();
      if (!open) setOpen(true);
      else if (last >= 0) setPlace(move);
    } else if (event.key === "Enter") {
      const item = open ? items[place] : undefined;
      if (item !== undefined) {
        event.preventDefault();
        choose(item);
      } else if (props.onSubmit) {
        event.preventDefault();
        setOpen(false);
        props.onSubmit(text.trim());
      }
    } else if (event.key === "Escape") {
      if (open && items.length > 0) event.preventDefault();
      setOpen(false);
    } else if (event.key === "Tab") {
      setOpen(false);
    }
  };

  const shown = open && items.length > 0;
  const nothing = open && wanted && items.length === 0 && asked === text && text.trim() !== "";
  return (
    <div class="combo">
      <label for={`${id}-field`} class={props.labelHidden ? "unseen" : undefined}>
        {props.label}
      </label>
      <input
        ref={input}
        id={`${id}-field`}
        type="text"
        role="combobox"
        name={props.name}
        value={text}
        placeholder={props.placeholder}
        autoComplete="off"
        autocapitalize="off"
        spellcheck={false}
        enterkeyhint="search"
        aria-autocomplete="list"
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-activedescendant={shown && place >= 0 ? `${id}-${place}` : undefined}
        // biome-ignore lint/a11y/noAutofocus: only the field that the page is for asks for it
        autoFocus={props.autoFocus}
        onInput={(event) => type(event.currentTarget.value)}
        onKeyDown={press}
        onFocus={() => props.offerAll && setOpen(true)}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
      />
      <div ref={list} id={`${id}-list`} class="combo-list" role="listbox" aria-label={props.label} hidden={!shown}>
        {items.map((item, number) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the field
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the option
          <div
            key={props.keyOf(item)}
            id={`${id}-${number}`}
            role="option"
            aria-selected={number === place}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(item)}
            onMouseMove={() => number !== place && setPlace(number)}
          >
            {props.show(item)}
          </div>
        ))}
      </div>
      {nothing && <div class="combo-empty">Nothing found.</div>}
      <span class="unseen" role="status">
        {shown && `${items.length} found`}
        {nothing && "nothing found"}
      </span>
    </div>
  );
}
