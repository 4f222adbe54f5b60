// Tests that start the program run what is in dist. This refuses to test a stale build: the compiler's own record says
// which text each output was made from. (Times would not do: a file changed and changed back is not built again.)
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const RECORD = join(ROOT, 'dist/tsconfig.tsbuildinfo');

interface BuildRecord {
  readonly fileNames: readonly string[];
  readonly fileInfos: readonly (string | { readonly version: string })[];
}

/** Throws when a source of these folders differs from what was built. */
export function demandFreshBuild(
  folders: readonly string[] = ['src', 'strategies', 'analyzers'],
): void {
  if (!existsSync(RECORD)) throw new Error('nothing is built: npm run build first');
  const { fileNames, fileInfos } = JSON.parse(readFileSync(RECORD, 'utf8')) as BuildRecord;
  const built = new Map(
    fileInfos.map((info, i) => [
      join(ROOT, 'dist', fileNames[i] ?? ''),
      typeof info === 'string' ? info : info.version,
    ]),
  );
  for (const folder of folders) {
    for (const name of readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })) {
      if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
      const path = join(ROOT, folder, name);
      const hash = createHash('sha256').update(readFileSync(path, 'utf8')).digest('hex');
      if (built.get(path) !== hash)
        throw new Error(`${folder}/${name}: not built, npm run build first`);
    }
  }
}
