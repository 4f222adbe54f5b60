// The state folder that the settings lead to. A file of its own: `mm stop` must not load the machine to find it.
import { homedir } from 'node:os';
import type { ParameterValues } from '#config/parameters';
import { stateFolder } from '#ledger/paths';

export function stateDirOf(values: Pick<ParameterValues, 'stateDir'>): string {
  const env = values.stateDir === null ? process.env : { MM_STATE_DIR: values.stateDir };
  return stateFolder(env, homedir());
}
