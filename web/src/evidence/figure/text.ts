/** Text in drawings: SVG does not wrap lines, so they are measured and broken here. */

export const FONT = 'Arial, "Liberation Sans", Helvetica, sans-serif';

let context: CanvasRenderingContext2D | null | undefined;

/** How wide a text is, in pixels. */
export function widthOf(text: string, size: number, bold = false): number {
  context ??= document.createElement("canvas").getContext("2d");
  if (!context) return text.length * size * (bold ? 0.56 : 0.52);
  context.font = `${bold ? "bold " : ""}${size}px ${FONT}`;
  return context.measureText(text).width;
}

/** A text in lines that fit; a word that is too long is broken. Where `most` lines do not suffice the last ends in "…". */
export function wrap(
  text: string,
  width: number,
  size: number,
  bold = false,
  most = Number.POSITIVE_INFINITY,
): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text
    .split(/[ \n]+/)
    .filter(Boolean)
    .flatMap((one) => broken(one, width, size, bold))) {
    const longer = line ? `${line} ${word}` : word;
    if (line && widthOf(longer, size, bold) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  if (line) lines.push(line);
  if (lines.length <= most) return lines;
  const kept = lines.slice(0, most);
  let last = kept[most - 1] ?? "";
  while (last && widthOf(`${last} …`, size, bold) > width) last = last.replace(/\s*\S+$/, "");
  kept[most - 1] = `${last} …`;
  return kept;
}

function broken(word: string, width: number, size: number, bold: boolean): string[] {
  const parts: string[] = [];
  let rest = word;
  while (rest.length > 1 && widthOf(rest, size, bold) > width) {
    let length = rest.length - 1;
    while (length > 1 && widthOf(rest.slice(0, length), size, bold) > width) length--;
    parts.push(rest.slice(0, length));
    rest = rest.slice(length);
  }
  return [...parts, rest];
}
