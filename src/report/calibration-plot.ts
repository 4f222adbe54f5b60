// A plot of plain characters: points and a line over one axis, logarithmic upwards. Pure; it knows no subject.

export interface PlotPoint {
  readonly x: number;
  /** Positive; others are left out. */
  readonly seen: number;
  readonly fitted: number;
}

const WIDTH = 60;
const HEIGHT = 14;

const label = (value: number): string => value.toPrecision(2).padStart(8);

/** `o` what was seen, `.` the line, `@` both at once. Empty without two points. */
export function logPlot(points: readonly PlotPoint[], xName: string): string {
  const shown = points.filter(({ seen }) => seen > 0);
  if (shown.length < 2) return '';
  const logs = shown.map(({ seen }) => Math.log10(seen));
  const [low, high] = [Math.min(...logs), Math.max(...logs)];
  const [left, right] = [shown[0] as PlotPoint, shown.at(-1) as PlotPoint].map(({ x }) => x) as [
    number,
    number,
  ];
  const column = (x: number): number => Math.round(((x - left) / (right - left)) * (WIDTH - 1));
  const row = (log: number): number =>
    Math.round(((high - log) / (high - low || 1)) * (HEIGHT - 1));
  const cells = Array.from({ length: HEIGHT }, () => new Array<string>(WIDTH).fill(' '));
  const put = (x: number, y: number, mark: string): void => {
    const line = cells[row(Math.log10(y))];
    if (line === undefined) return;
    const at = column(x);
    line[at] = line[at] === ' ' || line[at] === mark ? mark : '@';
  };
  for (const { x, fitted } of shown) if (fitted > 0) put(x, fitted, '.');
  for (const { x, seen } of shown) put(x, seen, 'o');
  const lines = cells.map((line, i) => {
    const log = high - ((high - low) * i) / (HEIGHT - 1);
    const axis = i % 4 === 0 || i === HEIGHT - 1 ? label(10 ** log) : ' '.repeat(8);
    return `${axis} |${line.join('')}`.trimEnd();
  });
  const ends = `${left}`.padEnd(WIDTH - `${right}`.length) + right;
  return [
    ...lines,
    `${' '.repeat(9)}+${'-'.repeat(WIDTH)}`,
    `${' '.repeat(10)}${ends} ${xName}`,
  ].join('\n');
}

/** One bar a row, from 0. */
export function bars(rows: readonly { readonly name: string; readonly value: number }[]): string {
  const most = Math.max(...rows.map(({ value }) => value));
  const wide = Math.max(...rows.map(({ name }) => name.length));
  return rows
    .map(({ name, value }) => {
      const length = most > 0 ? Math.round((value / most) * (WIDTH - 10)) : 0;
      return `${name.padStart(wide)} |${'='.repeat(length)} ${value.toFixed(3)}`;
    })
    .join('\n');
}
