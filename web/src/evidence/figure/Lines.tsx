import type { Ink } from "./ink.ts";
import { FONT } from "./text.ts";

export const SIZE = 13;
export const SMALL = 11.5;
export const LEADING = 1.3;

/** Height of some lines. */
export function height(lines: readonly string[], size: number): number {
  return lines.length * size * LEADING;
}

interface LinesProps {
  readonly x: number;
  /** Upper end of the first line. */
  readonly y: number;
  readonly lines: readonly string[];
  readonly size?: number;
  readonly bold?: boolean;
  readonly fill: string;
  readonly anchor?: "start" | "middle" | "end";
}

/** Lines of text, one below the other; a blank ends each, so that words stay apart when they are read out. */
export function Lines({ x, y, lines, size = SIZE, bold = false, fill, anchor = "start" }: LinesProps) {
  return (
    <text
      font-family={FONT}
      font-size={size}
      font-weight={bold ? "bold" : "normal"}
      fill={fill}
      text-anchor={anchor}
      stroke="none"
    >
      {lines.map((line, index) => (
        <tspan key={`${index}-${line}`} x={x} y={y + size * (0.95 + index * LEADING)}>
          {`${line} `}
        </tspan>
      ))}
    </text>
  );
}

interface BandProps {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly text: string;
  readonly ink: Ink;
}

export const BAND = SIZE * LEADING + 8;

/** The heading of a group of lines on a pale band. */
export function Band({ x, y, width, text, ink }: BandProps) {
  const title = text.slice(0, 1).toUpperCase() + text.slice(1);
  return (
    <g>
      <rect x={x} y={y} width={width} height={BAND - 2} fill={ink.band} rx={3} />
      <Lines x={x + 6} y={y + 3.5} lines={[title]} bold fill={ink.text} />
    </g>
  );
}
