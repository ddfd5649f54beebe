// SPARQL text, token by token: enough for completion and for checks while one types; the server does the real parsing.

export type Kind = "comment" | "iri" | "string" | "variable" | "name" | "word" | "number" | "tag" | "mark";

export interface Token {
  kind: Kind;
  text: string;
  from: number;
  to: number;
}

/** What may stand at a place of a query. */
export type Slot =
  | "top"
  | "prefix"
  | "projection"
  | "subject"
  | "predicate"
  | "object"
  | "end"
  | "expression"
  | "graph"
  | "none";

export interface Place {
  slot: Slot;
  /** The predicate, as written, when the slot is an object's. */
  predicate: string;
}

export interface Declaration {
  prefix: string;
  iri: string;
  /** End of the declaration in the text. */
  to: number;
}

const TOKEN = new RegExp(
  [
    /(?<comment>#[^\n]*)/,
    /(?<iri><[^<>"{}|^`\\\s]*>)/,
    /(?<string>"""(?:[^"\\]|\\[^]|"(?!""))*(?:"""|$)|'''(?:[^'\\]|\\[^]|'(?!''))*(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)/,
    /(?<variable>[?$][\p{L}\p{N}_]+)/u,
    /(?<name>(?:\p{L}(?:[\p{L}\p{N}_.-]*[\p{L}\p{N}_-])?|_)?:(?:(?:[\p{L}\p{N}_:.-]|%[0-9A-Fa-f]{2}|\\.)*(?:[\p{L}\p{N}_:-]|%[0-9A-Fa-f]{2}|\\.))?)/u,
    /(?<word>[\p{L}_][\p{L}\p{N}_]*)/u,
    /(?<number>\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/,
    /(?<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)/,
    /(?<mark>\^\^|&&|\|\||[!<>]=|\S)/,
  ]
    .map((part) => part.source)
    .join("|"),
  "gu",
);

export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(TOKEN)) {
    const kind = Object.entries(match.groups ?? {}).find(([, value]) => value !== undefined)?.[0] as Kind;
    found.push({ kind, text: match[0], from: match.index, to: match.index + match[0].length });
  }
  return found;
}

/** Return the prefixes that a query declares, in order. */
export function declarations(list: readonly Token[]): Declaration[] {
  const code = list.filter((token) => token.kind !== "comment");
  const found: Declaration[] = [];
  code.forEach((token, index) => {
    const name = code[index + 1];
    const iri = code[index + 2];
    if (isWord(token, "PREFIX") && name?.kind === "name" && iri?.kind === "iri") {
      found.push({ prefix: name.text.slice(0, -1), iri: iri.text.slice(1, -1), to: iri.to });
    }
  });
  return found;
}

/** Return the prefixed names whose prefix is not declared; blank nodes and declarations are none. */
export function undeclared(list: readonly Token[]): Token[] {
  const known = new Set(declarations(list).map((item) => item.prefix));
  const code = list.filter((token) => token.kind !== "comment");
  return code.filter((token, index) => {
    const before = code[index - 1];
    return (
      token.kind === "name" &&
      !token.text.startsWith("_:") &&
      !known.has(prefixOf(token)) &&
      !(before && isWord(before, "PREFIX"))
    );
  });
}

export function prefixOf(name: Token): string {
  return name.text.slice(0, name.text.indexOf(":"));
}

export function variables(list: readonly Token[]): string[] {
  return [...new Set(list.filter((token) => token.kind === "variable").map((token) => `?${token.text.slice(1)}`))];
}

export type Form = "SELECT" | "ASK" | "CONSTRUCT" | "DESCRIBE" | "UPDATE" | "";

/** Return what kind of request a text is, by its first keyword after the prologue. */
export function formOf(list: readonly Token[]): Form {
  for (const token of list) {
    if (token.kind !== "word") continue;
    const word = token.text.toUpperCase();
    if (word === "SELECT" || word === "ASK" || word === "CONSTRUCT" || word === "DESCRIBE") return word;
    if (/^(INSERT|DELETE|LOAD|CLEAR|CREATE|DROP|COPY|MOVE|ADD|WITH)$/.test(word)) return "UPDATE";
  }
  return "";
}

/** Return where the PREFIX line of a further prefix goes: below the others, else above the first keyword. */
export function prefixPosition(text: string, list: readonly Token[]): number {
  const last = declarations(list).at(-1);
  if (last) {
    const newline = text.indexOf("\n", last.to);
    return newline < 0 ? text.length : newline + 1;
  }
  const first = list.find((token) => token.kind !== "comment");
  return first ? text.lastIndexOf("\n", first.from - 1) + 1 : 0;
}

/** Return the edit that declares a prefix. */
export function declaring(text: string, prefix: string, iri: string): { from: number; insert: string } {
  const from = prefixPosition(text, tokens(text));
  const lead = from > 0 && text[from - 1] !== "\n" ? "\n" : "";
  return { from, insert: `${lead}PREFIX ${prefix}: <${iri}>\n` };
}

function isWord(token: Token, word: string): boolean {
  return token.kind === "word" && token.text.toUpperCase() === word;
}

function isOpenString({ kind, text }: Token): boolean {
  return kind === "string" && (text.length === 1 || text.at(-1) !== text[0]);
}

interface Frame {
  opening: "" | "{" | "[" | "(";
  slot: Slot;
  predicate: string;
}

const TERMS = new Set<Kind>(["iri", "string", "variable", "name", "number"]);

/** Return what may stand at a position, going by the tokens that end at or before it. */
export function placeAt(list: readonly Token[], position: number): Place {
  const frames: Frame[] = [{ opening: "", slot: "top", predicate: "" }];
  let pending = "";
  for (const token of list) {
    if (token.to > position) {
      if (token.from < position && (token.kind === "comment" || token.kind === "string" || token.kind === "iri")) {
        return { slot: "none", predicate: "" };
      }
      break;
    }
    if (token.to === position && (token.kind === "comment" || isOpenString(token)))
      return { slot: "none", predicate: "" };
    if (token.kind === "comment") continue;
    pending = step(frames, token, pending);
  }
  const { slot, predicate } = top(frames);
  return { slot, predicate };
}

function top(frames: Frame[]): Frame {
  return frames.at(-1) as Frame; // the outermost frame is never taken off
}

function step(frames: Frame[], token: Token, pending: string): string {
  const frame = top(frames);
  if (token.kind === "word") return keyword(frame, token.text);
  if (TERMS.has(token.kind)) {
    advance(frame, token.text);
    return "";
  }
  switch (token.text) {
    case "{":
      frames.push({ opening: "{", slot: pending === "VALUES" ? "object" : "subject", predicate: "" });
      break;
    case "[":
      frames.push({ opening: "[", slot: "predicate", predicate: "" });
      break;
    case "(":
      frames.push({ opening: "(", slot: inParentheses(frame, pending), predicate: "" });
      break;
    case "}":
    case "]":
    case ")":
      if (frames.length > 1) close(frames);
      break;
    case ".":
      if (frame.opening === "{") frame.slot = "subject";
      break;
    case ";":
      if (frame.slot !== "expression") frame.slot = "predicate";
      break;
    case ",":
      if (frame.slot === "end") frame.slot = "object";
      break;
    case "/":
    case "|":
    case "^":
      if (frame.slot === "object") frame.slot = "predicate";
      break;
    default:
      return pending;
  }
  return "";
}

function keyword(frame: Frame, text: string): string {
  const word = text.toUpperCase();
  if (text === "a" && frame.slot === "predicate") {
    advance(frame, "a");
    return "";
  }
  switch (word) {
    case "PREFIX":
      frame.slot = "prefix";
      break;
    case "SELECT":
    case "DESCRIBE":
      frame.slot = "projection";
      break;
    case "ASK":
    case "CONSTRUCT":
    case "WHERE":
    case "LIMIT":
    case "OFFSET":
      frame.slot = "top";
      break;
    case "BY":
    case "HAVING":
      frame.slot = "expression";
      break;
    case "GRAPH":
    case "FROM":
    case "NAMED":
    case "SERVICE":
      frame.slot = "graph";
      break;
    case "OPTIONAL":
    case "UNION":
    case "MINUS":
      frame.slot = "subject";
      break;
    case "TRUE":
    case "FALSE":
    case "UNDEF":
      advance(frame, word);
      break;
  }
  return word;
}

function inParentheses(frame: Frame, pending: string): Slot {
  if (frame.slot === "predicate") return "predicate";
  if (pending === "" && (frame.slot === "subject" || frame.slot === "object")) return "object";
  return pending === "VALUES" ? "none" : "expression";
}

function close(frames: Frame[]): void {
  const closed = frames.pop() as Frame;
  const frame = top(frames);
  if (closed.opening === "{") {
    frame.slot = frame.opening === "{" ? "subject" : frame.slot === "expression" ? "expression" : "top";
  } else if (closed.opening === "[") {
    advance(frame, "");
  } else if (closed.slot === "expression") {
    if (frame.opening === "{") frame.slot = "subject";
  } else {
    advance(frame, closed.predicate);
  }
}

function advance(frame: Frame, term: string): void {
  if (frame.opening === "(" && frame.slot === "object" && frame.predicate === "") return; // a list: each item is an object
  if (frame.slot === "subject") frame.slot = "predicate";
  else if (frame.slot === "predicate") {
    frame.slot = "object";
    frame.predicate = term;
  } else if (frame.slot === "object") frame.slot = "end";
  else if (frame.slot === "graph") frame.slot = frame.opening === "{" ? "subject" : "top";
  else if (frame.slot === "prefix") frame.slot = term.startsWith("<") ? "top" : "prefix";
}
