// JSON as the venues write it: whole numbers beyond 2^53 (sequence numbers, nanoseconds) as plain digits, which
// JSON.stringify cannot do. Values are bigints there. It never parses.

/** Like JSON.stringify, with bigints as numbers. `undefined` members are left out. */
export function jsonText(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => jsonText(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(name)}:${jsonText(member)}`);
  }
  return `{${members.join(',')}}`;
}
