// Plain text tables: first column left, the rest right, as wide as their contents.

export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  }
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return rows.map(line).join('\n');
}

/** A float for a table, or a dash where there is none. */
export const figure = (value: number | null, places: number): string =>
  value === null || !Number.isFinite(value) ? '-' : value.toFixed(places);

/** A decimal string of money to cents, with its sign. */
export const dollars = (text: string): string => {
  const cents = Math.abs(Number(text)).toFixed(2);
  return `${Number(text) < 0 && cents !== '0.00' ? '-' : ''}$${cents}`;
};

export const percentOf = (fraction: number | null, places = 1): string =>
  fraction === null ? '-' : `${(fraction * 100).toFixed(places)}%`;
