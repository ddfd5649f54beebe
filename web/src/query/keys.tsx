const KEYS: [keys: string[], words: string][] = [
  [["Ctrl", "Enter"], "run the query"],
  [["Ctrl", "Space"], "offer what fits here"],
  [["Ctrl", "/"], "turn lines into comments and back"],
  [["Ctrl", "F"], "search in the query"],
  [["Ctrl", "Z"], "undo"],
  [["Ctrl", "]"], "indent, with [ the other way"],
  [["F8"], "go to the next mistake"],
  [["Tab"], "take the offer; without one, leave the editor"],
  [["Esc"], "close the offers, so that Tab leaves the editor"],
];

/** The keys of the editor and of the page's other parts. */
export function Keys() {
  return (
    <div class="stack-s small">
      <p>In the editor (on a Mac, Cmd in place of Ctrl):</p>
      <dl class="keys">
        {KEYS.map(([keys, words]) => (
          <div key={words}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      <p>Type letters of a label, such as “everol”: the editor offers the identifier and declares its prefix.</p>
      <p>
        On a tab: arrows choose, F2 renames, Delete closes. In the table: arrows move, Enter follows the link, Ctrl C
        copies the cell.
      </p>
    </div>
  );
}
