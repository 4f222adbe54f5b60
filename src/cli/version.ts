// The version as package.json has it.
import { readFileSync } from 'node:fs';

const manifest = new URL('../../../package.json', import.meta.url);
export const VERSION = (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version;
