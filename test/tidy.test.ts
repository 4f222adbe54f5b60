// DESIGN.md section 2 as a test: who may import whom, which folders are pure, and a few rules of style.
// It exists so that boundaries do not rot. When there is a reason to change the table, change it here and in
// DESIGN.md in the same commit. The checker is test/support/imports.ts; it proves below that it can fail.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { assert } from '#core/assert';
import { checkSource, MAX_LINES, render, type Room } from './support/imports.js';

const SYNC = { async: false, clock: false, process: false, exactArithmetic: true };
const PURE = { imports: ['src/core'], packages: [], ...SYNC };
const CELLAR = { packages: [], imports: [], ...SYNC };
const OUTSIDE = { async: true, clock: false, process: false, exactArithmetic: false };
const FILES = [
  ...['node:fs', 'node:fs/promises', 'node:path', 'node:os', 'node:url', 'node:crypto'],
  ...['node:buffer', 'node:stream', 'node:stream/promises', 'node:readline', 'node:zlib'],
];
const SOCKETS = [
  ...['node:http', 'node:https', 'node:net', 'node:tls', 'node:dns', 'node:zlib', 'node:stream'],
  ...['node:events', 'node:crypto', 'node:buffer', 'node:url'],
];
const VENUE_CRYPTO = [
  ...['@scure/*', '@noble/*', 'ethers', 'starknet'],
  ...['node:crypto', 'node:buffer', 'node:worker_threads', 'node:url'],
];
const FACE_SHARES = ['wire', 'codec', 'sign', 'endpoints', 'errors'];

const ROOMS: readonly Room[] = [
  { folder: 'src/core', ...CELLAR },
  { folder: 'clients/field', ...CELLAR },
  { folder: 'src/engine', ...PURE },
  { folder: 'src/risk', ...PURE },
  { folder: 'strategies', ...PURE },
  { folder: 'analyzers', ...PURE },
  { folder: 'src/search', ...PURE },
  { folder: 'src/sim', ...PURE },
  { folder: 'src/tape', ...OUTSIDE, imports: ['src/core'], packages: FILES },
  { folder: 'src/ledger', ...OUTSIDE, imports: ['src/core'], packages: [...FILES, 'libsql'] },
  {
    folder: 'src/report',
    ...OUTSIDE,
    imports: ['src/core', 'src/ledger', 'src/tape', 'src/search'],
    packages: FILES,
    lazy: ['mathjs'],
  },
  {
    folder: 'clients/net',
    ...OUTSIDE,
    imports: ['src/core'],
    packages: ['ws', 'undici', ...SOCKETS],
  },
  {
    folder: 'clients/$venue',
    ...OUTSIDE,
    imports: ['src/core', 'clients/net', 'clients/field'],
    packages: VENUE_CRYPTO,
  },
  // No file stands in it itself: the row is for the import map.
  { folder: 'clients', ...OUTSIDE, imports: [], packages: [] },
  {
    folder: 'src/sim/venues',
    ...OUTSIDE,
    imports: [
      ...['src/core', 'src/sim', 'clients/net/limiter'],
      ...FACE_SHARES.map((name) => `clients/$venue/${name}`),
    ],
    packages: ['ws', ...SOCKETS],
  },
  {
    folder: 'src/config',
    ...OUTSIDE,
    process: true,
    imports: ['src/core'],
    packages: ['dotenv', 'zod', 'pino', 'pino-roll', 'node:util', ...FILES],
  },
  {
    folder: 'src/run',
    ...OUTSIDE,
    clock: true,
    process: true,
    imports: 'any',
    except: ['src/cli'],
    packages: 'any',
  },
  {
    folder: 'src/cli',
    ...OUTSIDE,
    process: true,
    imports: ['src/core', 'src/run', 'src/config', 'src/report'],
    packages: ['commander', 'node:process', 'node:util', 'node:module', ...FILES],
  },
];

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Every TypeScript file under the four source folders, as a path from the root with forward slashes. */
function sources(): string[] {
  const found = ['src', 'strategies', 'analyzers', 'clients'].flatMap(walk);
  return found.sort();
}

function walk(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) return [];
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));
}

const findingsOf = (file: string, text: string): string[] =>
  checkSource(file, text, ROOMS).map(render);

describe('the house is tidy', () => {
  test('every file keeps the table of DESIGN.md section 2', () => {
    const files = sources();
    expect(files).toContain('src/core/units.ts');
    const findings = files.flatMap((f) => findingsOf(f, readFileSync(join(ROOT, f), 'utf8')));
    expect(findings, `\n${findings.join('\n')}\n`).toEqual([]);
  });

  test('tests load sources, not dist', () => {
    expect(import.meta.resolve('#core/units')).toMatch(/\/src\/core\/units\.ts$/);
    expect(import.meta.resolve('#core/units')).not.toContain('/dist/');
    // And what was really loaded: the stack of a failing assertion names its file.
    expect(stackOf(() => assert(false, 'probe'))).toContain(`${ROOT}src/core/assert.ts`);
  });

  test('the import map names every room, and nothing else', () => {
    const { imports } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      imports: Record<string, Record<string, string>>;
    };
    const tops = ROOMS.filter((r) => !/^clients\/|venues$/.test(r.folder)).map((r) => r.folder);
    const expected = tops.map((folder) => [
      `#${folder.replace('src/', '')}/*`,
      { 'mm-src': `./${folder}/*.ts`, default: `./dist/${folder}/*.js` },
    ]);
    expect(imports).toEqual(Object.fromEntries(expected));
  });
});

function stackOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? '') : '';
  }
  return '';
}

const IMPORTS_REFUSED: readonly (readonly [string, string, string])[] = [
  ['src/core/a.ts', `import { x } from '#engine/b';`, 'src/core may import: nothing'],
  ['src/core/a.ts', `import fs from 'node:fs';`, 'packages of src/core: none'],
  ['src/engine/a.ts', `import type { X } from '#risk/b';`, 'src/engine may import: src/core'],
  ['src/engine/a.ts', `export * from '#run/live';`, 'src/engine may import: src/core'],
  ['src/engine/a.ts', `type T = import('#sim/exchange').T;`, 'src/engine may import: src/core'],
  ['src/risk/a.ts', `import { x } from '../core/units.js';`, 'a relative import stays in src/risk'],
  ['src/sim/a.ts', `import { x } from './venues/b.js';`, 'a relative import stays in src/sim'],
  ['src/sim/a.ts', `import { x } from '#sim/venues/b';`, 'src/sim may import: src/core'],
  ['strategies/a.ts', `import { x } from '#analyzers/b';`, 'strategies may import: src/core'],
  ['analyzers/a.ts', `import pino from 'pino';`, 'packages of analyzers: none'],
  ['src/search/a.ts', `import { x } from '#report/pnl';`, 'src/search may import: src/core'],
  ['src/tape/a.ts', `import { x } from '#ledger/b';`, 'src/tape may import: src/core'],
  ['src/tape/a.ts', `import Database from 'libsql';`, 'packages of src/tape'],
  ['src/report/a.ts', `import { x } from '#engine/view';`, 'src/report may import'],
  ['src/report/a.ts', `import { std } from 'mathjs';`, 'mathjs only by await import()'],
  ['src/config/a.ts', `import { x } from '#run/live';`, 'src/config may import: src/core'],
  ['src/run/a.ts', `import { x } from '#cli/main';`, 'src/run may not import src/cli'],
  ['src/run/a.ts', `import { x } from '#nowhere/main';`, 'no room of the table'],
  ['src/cli/a.ts', `import { x } from '#engine/b';`, 'src/cli may import'],
  ['src/cli/a.ts', `const y = await import('#engine/b');`, 'src/cli may import'],
  ['clients/paradex/a.ts', `import { x } from '#clients/apex/b';`, 'clients/$venue may import'],
  ['clients/paradex/a.ts', `import { x } from '../apex/b.js';`, 'a relative import stays in'],
  ['clients/paradex/a.ts', `import WebSocket from 'ws';`, 'packages of clients/$venue'],
  ['clients/net/a.ts', `import { x } from '#clients/apex/b';`, 'clients/net may import: src/core'],
  ['clients/field/a.ts', `import { x } from '#core/units';`, 'clients/field may import: nothing'],
  ['clients/a.ts', `import { x } from '#clients/apex/client';`, 'clients may import: nothing'],
  ['src/sim/venues/apex.ts', `import { x } from '#clients/apex/client';`, 'src/sim/venues may'],
  ['src/sim/venues/apex.ts', `import { x } from '#clients/paradex/wire';`, 'src/sim/venues may'],
  ['src/sim/venues/apex.ts', `import { x } from '#clients/net/session';`, 'src/sim/venues may'],
  ['src/mystery/a.ts', ``, 'every folder is in the table'],
];

const IMPORTS_ALLOWED: readonly (readonly [string, string])[] = [
  ['src/core/a.ts', `import { x } from './b.js'; import { y } from '#core/c';`],
  ['src/engine/a.ts', `import type { X } from '#core/units';`],
  ['strategies/avellaneda/a.ts', `import { x } from '../registry.js';`],
  ['clients/paradex/a.ts', `import { x } from './wire.js'; import { y } from '#clients/net/http';`],
  ['clients/paradex/a.ts', `import { x } from '@scure/starknet'; import '#clients/field/mul';`],
  ['src/sim/venues/apex.ts', `import { x } from '#clients/apex/wire'; import '#sim/exchange';`],
  ['src/sim/venues/apex/http.ts', `import { x } from '#clients/apex/codec';`],
  ['src/sim/venues/apex-face.ts', `import { x } from '#clients/net/limiter';`],
  ['src/report/a.ts', `const m = await import('mathjs'); import type { X } from 'mathjs';`],
  ['src/run/a.ts', `import { x } from '#engine/b'; import WebSocket from 'ws'; setTimeout(x, 1);`],
  ['src/cli/a.ts', `import { Command } from 'commander'; process.exitCode = 2;`],
];

const WORDS_REFUSED: readonly (readonly [string, string])[] = [
  ['async function f() {}', 'async'],
  ['const f = async () => 1;', 'async'],
  ['for await (const x of y) z(x);', 'await'],
  ['export type R = Promise<number>;', 'Promise'],
  ['void Promise.resolve();', 'Promise'],
  ['const t = Date.now();', 'Date.now'],
  ['const t = globalThis.Date.now();', 'Date.now'],
  ['const t = new Date();', 'Date'],
  ['const t = Date();', 'Date'],
  ['const now = Date["now"];', 'Date.now'],
  ['const r = Math.random();', 'Math.random'],
  ['const { random } = Math;', 'Math.random'],
  ['const t = performance.now();', 'performance.now'],
  ['const r = crypto.randomUUID();', 'crypto.randomUUID'],
  ['setTimeout(f, 1);', 'setTimeout'],
  ['setInterval(f, 1);', 'setInterval'],
  ['const later = setImmediate;', 'setImmediate'],
  ['const e = process.env;', 'process.env'],
  ['const y = x ** 2;', '**'],
  ['let y = 2; y **= 2;', '**'],
  ['const y = Math.pow(x, 2);', 'Math.pow'],
  ['let a: any;', 'any'],
  ['const a = b as any;', 'any'],
];

const WORDS_ALLOWED: readonly string[] = [
  '// async Date.now() Math.random() ** any\nexport const x = 1;',
  'export const when = (ms: number) => new Date(ms).toISOString();',
  'export const k = Math.exp(Math.log1p(0.5)); engine.process(k); const s = { process: k };',
  'interface M { setTimeout(at: number): void; process: number; random: () => number }',
  'const text = "Promise any ** setTimeout";',
];

describe('the checker can fail', () => {
  test.each(IMPORTS_REFUSED)('%s: %s', (file, text, rule) => {
    const findings = findingsOf(file, text);
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(`${file}:1 `);
    expect(findings[0]).toContain(rule);
  });

  test.each(IMPORTS_ALLOWED)('lets pass in %s: %s', (file, text) => {
    expect(findingsOf(file, text)).toEqual([]);
  });

  test.each(WORDS_REFUSED)('in a pure folder: %s', (text, what) => {
    for (const file of ['src/core/a.ts', 'strategies/a.ts', 'src/sim/a.ts', 'clients/field/a.ts']) {
      const findings = checkSource(file, `\n${text}`, ROOMS);
      expect(findings.map((f) => [f.what, f.line])).toContainEqual([what, 2]);
    }
  });

  test.each(WORDS_ALLOWED)('lets pass in a pure folder: %s', (text) => {
    expect(findingsOf('src/engine/a.ts', text)).toEqual([]);
  });

  test('the one real clock lives in src/run', () => {
    expect(findingsOf('src/run/a.ts', 'export const now = () => Date.now();')).toEqual([]);
    for (const file of ['clients/net/a.ts', 'clients/apex/a.ts', 'src/ledger/a.ts', 'src/cli/a.ts'])
      expect(findingsOf(file, 'setTimeout(f, Date.now());')).toHaveLength(2);
  });

  test('vague names and long files', () => {
    for (const name of ['utils', 'helpers', 'types'])
      expect(findingsOf(`src/core/${name}.ts`, '')[0]).toContain('says nothing by its name');
    expect(findingsOf('src/run/a.ts', 'x;\n'.repeat(MAX_LINES))).toEqual([]);
    expect(findingsOf('src/run/a.ts', 'x;\n'.repeat(MAX_LINES + 1))[0]).toContain('401 lines');
  });
});
