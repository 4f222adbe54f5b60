// The checker behind test/tidy.test.ts: reads one TypeScript file with the compiler's parser and says which
// rules of DESIGN.md section 2 it breaks. The rules are data (Room); nothing here knows a folder by name.
// It never type-checks and never opens a file, so bad snippets can be tried in memory.
import { posix } from 'node:path';
import ts from 'typescript';

/** What one folder may do. `$venue` in a folder or an import stands for one path segment, the same in both. */
export interface Room {
  /** Folder from the repository root, as in DESIGN.md section 1. */
  readonly folder: string;
  /** Folders (with all below them) or single modules (without `.ts`) it may import besides itself, or 'any'. */
  readonly imports: readonly string[] | 'any';
  /** Folders and modules it may not import although `imports` is 'any'. */
  readonly except?: readonly string[];
  /** Packages, Node builtins included (`node:fs`); `@scope/*` for a whole scope; or 'any'. */
  readonly packages: readonly string[] | 'any';
  /** Packages that may be loaded only by `await import()`. */
  readonly lazy?: readonly string[];
  /** async, await and Promise allowed. */
  readonly async: boolean;
  /** The real clock, timers and randomness allowed; otherwise they are arguments or ports. */
  readonly clock: boolean;
  /** `process` allowed. */
  readonly process: boolean;
  /** No `**` and no Math.pow: they differ by an ulp between Node versions. */
  readonly exactArithmetic: boolean;
}

export interface Finding {
  readonly file: string;
  readonly line: number;
  readonly what: string;
  readonly rule: string;
}

export const MAX_LINES = 400;
const VAGUE_NAMES = new Set(['utils.ts', 'helpers.ts', 'types.ts']);
const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']);
/** Members of global objects that read the clock or chance. */
const CLOCKS: Readonly<Record<string, readonly string[]>> = {
  Date: ['now'],
  Math: ['random'],
  performance: ['now', 'timeOrigin'],
  crypto: ['getRandomValues', 'randomUUID'],
};

/** One line for the test report: `file:line what (rule)`. */
export const render = (f: Finding): string => `${f.file}:${f.line} ${f.what} (${f.rule})`;

/** Fills `$venue` of a pattern from a path below it; undefined when the path is elsewhere. */
function matchFolder(pattern: string, path: string): { venue: string; length: number } | undefined {
  const want = pattern.split('/');
  const have = path.split('/');
  let venue = '';
  if (have.length < want.length) return undefined;
  for (const [i, part] of want.entries()) {
    const segment = have[i] ?? '';
    if (part === '$venue') venue = /^[a-z0-9]+/.exec(segment)?.[0] ?? '';
    // A file in the folder itself is not a venue.
    if (part === '$venue' ? i === have.length - 1 && segment.includes('.') : part !== segment)
      return undefined;
  }
  return { venue, length: want.length };
}

/** The innermost room that a path lies in. Literal folders win over `$venue` of the same depth. */
export function roomOf(path: string, rooms: readonly Room[]): Room | undefined {
  let best: Room | undefined;
  let bestRank = -1;
  for (const room of rooms) {
    const hit = matchFolder(room.folder, path);
    const rank = hit ? hit.length * 2 + (room.folder.includes('$') ? 0 : 1) : -1;
    if (rank > bestRank) [best, bestRank] = [room, rank];
  }
  return best;
}

/** `#core/units` -> src/core/units.ts: the same map as `imports` of package.json. */
export function aliasPath(specifier: string): string {
  const path = `${specifier.slice(1)}.ts`;
  return /^(strategies|analyzers|clients)\//.test(path) ? path : `src/${path}`;
}

const packageOf = (specifier: string): string =>
  specifier.startsWith('node:')
    ? specifier
    : specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');

const packageListed = (name: string, list: readonly string[]): boolean =>
  list.some((p) => p === name || (p.endsWith('/*') && name.startsWith(p.slice(0, -1))));

/** True when `target` is the listed module or lies in the listed folder. */
const listed = (target: string, entry: string): boolean =>
  target === `${entry}.ts` || target.startsWith(`${entry}/`);

function importFault(
  file: string,
  specifier: string,
  dynamic: boolean,
  room: Room,
  rooms: readonly Room[],
): Omit<Finding, 'file' | 'line'> | undefined {
  const what = `imports '${specifier}'`;
  const relative = specifier.startsWith('.');
  if (!relative && !specifier.startsWith('#')) {
    const name = packageOf(specifier);
    if (room.lazy !== undefined && packageListed(name, room.lazy))
      return dynamic ? undefined : { what, rule: `${room.folder}: ${name} only by await import()` };
    if (room.packages === 'any' || packageListed(name, room.packages)) return undefined;
    const allowed = room.packages.join(', ') || 'none';
    return { what, rule: `packages of ${room.folder}: ${allowed}` };
  }
  const target = relative
    ? posix.join(posix.dirname(file), specifier).replace(/\.js$/, '.ts')
    : aliasPath(specifier);
  const targetRoom = roomOf(target, rooms);
  if (targetRoom === room && (!room.folder.includes('$') || sameVenue(room, file, target)))
    return undefined;
  if (relative)
    return { what, rule: `a relative import stays in ${room.folder}; name the other room with #` };
  if (targetRoom === undefined) return { what, rule: 'no room of the table' };
  if (room.imports === 'any') {
    const barred = (room.except ?? []).some((entry) => listed(target, entry));
    return barred
      ? { what, rule: `${room.folder} may not import ${targetRoom.folder}` }
      : undefined;
  }
  const venue = venueOf(room, file);
  const allowed = room.imports.map((entry) => entry.replaceAll('$venue', venue));
  if (allowed.some((entry) => listed(target, entry))) return undefined;
  return { what, rule: `${room.folder} may import: ${allowed.join(', ') || 'nothing'}` };
}

/** The venue that a file belongs to: the segment at `$venue`, or the file's own name when the room is flat. */
function venueOf(room: Room, file: string): string {
  const inFolder = matchFolder(room.folder, file)?.venue;
  if (inFolder) return inFolder;
  const below = file.slice(room.folder.length + 1);
  return /^[a-z0-9]+/.exec(below)?.[0] ?? '';
}

const sameVenue = (room: Room, file: string, target: string): boolean =>
  venueOf(room, file) === venueOf(room, target);

/** Every rule that `text`, standing at `file`, breaks. */
export function checkSource(file: string, text: string, rooms: readonly Room[]): Finding[] {
  const findings: Finding[] = [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2023, true);
  const add = (node: ts.Node | undefined, what: string, rule: string): void => {
    const at = node ? source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1 : 1;
    findings.push({ file, line: at, what, rule });
  };
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
  if (lines > MAX_LINES) add(undefined, `${lines} lines`, `a file has at most ${MAX_LINES}`);
  if (VAGUE_NAMES.has(posix.basename(file)))
    add(undefined, 'says nothing by its name', 'no utils.ts, helpers.ts, types.ts');
  const room = roomOf(file, rooms);
  if (room === undefined) {
    add(undefined, 'stands in no room', 'every folder is in the table of tidy.test.ts');
    return findings;
  }
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    if (specifier !== undefined) {
      const fault = importFault(file, specifier.text, specifier.dynamic, room, rooms);
      if (fault) add(node, fault.what, fault.rule);
    }
    if (node.kind === ts.SyntaxKind.AnyKeyword) add(node, 'any', 'no any');
    checkWords(node, room, add);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return findings;
}

/** The module named by an import, export, `import()`, `import('x').T`, `import x = require()` or `require()`. */
function specifierOf(node: ts.Node): { text: string; dynamic: boolean } | undefined {
  let from: ts.Node | undefined;
  let dynamic = false;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) from = node.moduleSpecifier;
  else if (ts.isExternalModuleReference(node)) from = node.expression;
  else if (ts.isImportTypeNode(node)) {
    if (ts.isLiteralTypeNode(node.argument)) from = node.argument.literal;
    dynamic = true; // a type costs nothing at run time
  } else if (ts.isCallExpression(node)) {
    dynamic = node.expression.kind === ts.SyntaxKind.ImportKeyword;
    const required = ts.isIdentifier(node.expression) && node.expression.text === 'require';
    if (dynamic || required) from = node.arguments[0];
  }
  if (
    ts.isImportDeclaration(node) &&
    node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
  )
    dynamic = true;
  if (from === undefined) return undefined;
  return { text: ts.isStringLiteralLike(from) ? from.text : '(computed)', dynamic };
}

type Add = (node: ts.Node, what: string, rule: string) => void;

function checkWords(node: ts.Node, room: Room, add: Add): void {
  if (!room.async && isAsync(node)) add(node, asyncWord(node), `${room.folder} is synchronous`);
  if (room.exactArithmetic && isPower(node)) add(node, '**', `no ** in ${room.folder}`);
  if (!ts.isIdentifier(node) || !isGlobalUse(node)) return;
  const name = node.text;
  const members = membersOf(node);
  const shown = members.length > 0 ? `${name}.${members.join(', ')}` : name;
  if (!room.process && name === 'process') add(node, shown, `${room.folder} sees no process`);
  if (!room.clock && readsClock(node, name, members))
    add(node, shown, `clock, timers and chance are arguments in ${room.folder}`);
  if (room.exactArithmetic && name === 'Math' && members.includes('pow'))
    add(node, 'Math.pow', `no Math.pow in ${room.folder}`);
}

function isAsync(node: ts.Node): boolean {
  if (node.kind === ts.SyntaxKind.AsyncKeyword || ts.isAwaitExpression(node)) return true;
  if (ts.isForOfStatement(node) && node.awaitModifier) return true;
  return ts.isIdentifier(node) && /^Promise(Like)?$/.test(node.text) && isGlobalUse(node);
}

const asyncWord = (node: ts.Node): string =>
  ts.isIdentifier(node) ? node.text : node.kind === ts.SyntaxKind.AsyncKeyword ? 'async' : 'await';

const isPower = (node: ts.Node): boolean =>
  node.kind === ts.SyntaxKind.AsteriskAsteriskToken ||
  node.kind === ts.SyntaxKind.AsteriskAsteriskEqualsToken;

function readsClock(node: ts.Identifier, name: string, members: readonly string[]): boolean {
  if (TIMERS.has(name)) return true;
  if (name === 'Date') {
    const call = node.parent;
    if (ts.isCallExpression(call) && call.expression === node) return true;
    if (ts.isNewExpression(call) && (call.arguments?.length ?? 0) === 0) return true;
  }
  const risky = Object.hasOwn(CLOCKS, name) ? (CLOCKS[name] ?? []) : [];
  return risky.some((member) => members.includes(member));
}

/** False for names that are merely spelt like a global: `x.process`, `{ process: 1 }`, `process(): void`. */
function isGlobalUse(node: ts.Identifier): boolean {
  const up = node.parent;
  if (ts.isPropertyAccessExpression(up) && up.name === node)
    return ts.isIdentifier(up.expression) && up.expression.text === 'globalThis';
  if (ts.isQualifiedName(up)) return false;
  if (ts.isBindingElement(up) && up.propertyName === node) return false;
  const named = up as Partial<ts.NamedDeclaration>;
  return named.name !== node || ts.isShorthandPropertyAssignment(up);
}

/** Members read from a global: `Math.pow`, `Math['pow']`, `const { pow } = Math`, through globalThis too. */
function membersOf(node: ts.Identifier): string[] {
  const self = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
  const value: ts.Node = self ? node.parent : node;
  const up = value.parent;
  if (ts.isPropertyAccessExpression(up) && up.expression === value) return [up.name.text];
  if (ts.isElementAccessExpression(up) && up.expression === value)
    return ts.isStringLiteralLike(up.argumentExpression) ? [up.argumentExpression.text] : [];
  if (ts.isVariableDeclaration(up) && ts.isObjectBindingPattern(up.name))
    return up.name.elements.map((e) => (e.propertyName ?? e.name).getText());
  return [];
}
