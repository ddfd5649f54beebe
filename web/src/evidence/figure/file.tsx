/** Figures as files: drawn anew at a fixed width on white, with title, notes, sources and version. */

import { type ComponentChildren, render } from "preact";
import { saveFile } from "../../common/download.ts";
import { cited, type Source } from "../sources.ts";
import { FILE_INK } from "./ink.ts";
import { height, LEADING, Lines, SMALL } from "./Lines.tsx";
import { FONT, wrap } from "./text.ts";

export const FILE_WIDTH = 1180;
const MARGIN = 24;
const TITLE = 20;
const PNG_SCALE = 2;
/** Pixels that browsers allow a picture to be high. */
const PNG_HEIGHT = 16_000;

export interface FileParts {
  readonly title: string;
  readonly subtitle: string;
  readonly body: ComponentChildren;
  readonly bodyHeight: number;
  readonly notes: readonly string[];
  readonly sources: readonly Source[];
  readonly version: string;
}

/** Width of what a figure draws itself. */
export const BODY_WIDTH = FILE_WIDTH - 2 * MARGIN;

/** A figure as the text of an SVG file. */
export function svgFile(parts: FileParts): string {
  const holder = document.createElement("div");
  render(<Sheet {...parts} />, holder);
  const svg = holder.querySelector("svg");
  if (!svg) throw new Error("nothing was drawn");
  svg.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const text = new XMLSerializer().serializeToString(svg);
  render(null, holder);
  return text;
}

function Sheet({ title, subtitle, body, bodyHeight, notes, sources, version }: FileParts) {
  const ink = FILE_INK;
  const subtitleLines = wrap(subtitle, BODY_WIDTH, 13);
  let y = MARGIN + TITLE * LEADING;
  const subtitleY = y;
  y += height(subtitleLines, 13) + 12;
  const bodyY = y;
  y += bodyHeight + 16;
  const texts = [...notes, "Sources", ...sources.map((source, index) => `[${index + 1}] ${cited(source)}`)];
  const blocks = texts.map((text) => {
    const lines = wrap(text, BODY_WIDTH, SMALL);
    const block = { y, lines, bold: text === "Sources" };
    y += height(lines, SMALL) + 3;
    return block;
  });
  const footer = `NET-KG ${version} · Research material, no medical advice. · Data: CC BY 4.0`;
  const whole = y + SMALL * LEADING + MARGIN;
  return (
    <svg
      width={FILE_WIDTH}
      height={whole}
      viewBox={`0 0 ${FILE_WIDTH} ${whole}`}
      role="img"
      aria-label={title}
      font-family={FONT}
    >
      <title>{title}</title>
      <desc>{subtitle}</desc>
      <rect width="100%" height="100%" fill={ink.paper} />
      <Lines x={MARGIN} y={MARGIN - 4} lines={[title]} size={TITLE} bold fill={ink.text} />
      <Lines x={MARGIN} y={subtitleY} lines={subtitleLines} fill={ink.soft} />
      <g transform={`translate(${MARGIN} ${bodyY})`}>{body}</g>
      {blocks.map((block) => (
        <Lines
          key={block.y}
          x={MARGIN}
          y={block.y}
          lines={block.lines}
          size={SMALL}
          bold={block.bold}
          fill={ink.text}
        />
      ))}
      <Lines x={MARGIN} y={y + 6} lines={[footer]} size={SMALL} fill={ink.soft} />
    </svg>
  );
}

/** Offer a figure as an SVG file. */
export function saveSvg(name: string, parts: FileParts): void {
  saveFile(`${name}.svg`, svgFile(parts), "image/svg+xml");
}

/** Offer a figure as a picture.
 * @throws Error when the browser cannot draw it
 */
export async function savePng(name: string, parts: FileParts): Promise<void> {
  const url = URL.createObjectURL(new Blob([svgFile(parts)], { type: "image/svg+xml" }));
  try {
    const picture = new Image();
    picture.src = url;
    await picture.decode();
    const canvas = document.createElement("canvas");
    const scale = Math.min(PNG_SCALE, PNG_HEIGHT / picture.naturalHeight);
    canvas.width = Math.round(picture.naturalWidth * scale);
    canvas.height = Math.round(picture.naturalHeight * scale);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser draws no pictures");
    context.drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the picture is too large for this browser; take the SVG");
    saveFile(`${name}.png`, blob, "image/png");
  } finally {
    URL.revokeObjectURL(url);
  }
}
