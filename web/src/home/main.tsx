import { useRef, useState } from "preact/hooks";
import { mount } from "../common/mount.ts";
import { TermSearch } from "../common/search.tsx";
import "./style.css";

mount("home-search", () => (
  <TermSearch
    label="Search terms, synonyms and identifiers"
    placeholder="A tumour, a therapy, a trial, an identifier …"
    limit={12}
  />
));

mount("question-filter", () => <QuestionFilter />);

/** Shows only the questions that hold all words typed; the list itself is the template's. */
function QuestionFilter() {
  const [said, say] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const filter = () => {
    const words = (field.current?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const theme of document.querySelectorAll<HTMLElement>("#themes .theme")) {
      let here = 0;
      for (const question of theme.querySelectorAll<HTMLElement>("[data-words]")) {
        question.hidden = !words.every((word) => question.dataset.words?.includes(word));
        if (!question.hidden) here += 1;
      }
      theme.hidden = here === 0;
      shown += here;
    }
    const nothing = document.getElementById("question-none");
    if (nothing) nothing.hidden = shown > 0;
    say(words.length > 0 ? `${shown} found` : "");
  };
  return (
    <div class="row question-filter">
      <label for="question-words" class="unseen">
        Filter the questions
      </label>
      <input id="question-words" ref={field} type="search" placeholder="Filter the questions" onInput={filter} />
      <span class="small soft number" role="status">
        {said}
      </span>
    </div>
  );
}
