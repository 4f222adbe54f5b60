// The few flags that lead to an account that has run: venue, account, market, state folder. Shared by the commands that
// look at ledgers or speak to a bot; none of them looks at any other setting.
import { Option } from 'commander';
import type { Command } from 'commander';
import { PARAMETERS, flagOf, variableOf } from '#config/parameters';
import type { ParameterKey } from '#config/parameters';
import { stateDirOf } from '#run/state-dir';
import type { TargetQuery } from '#run/targets';
import { someSettings } from './options.js';

const KEYS = ['venue', 'account', 'market', 'stateDir'] as const;

const onLine = (options: Readonly<Record<string, unknown>>, name: string): boolean =>
  typeof options[name] === 'string';

const flag = (key: ParameterKey, help: string): Option =>
  new Option(`${flagOf(key)} <${PARAMETERS[key].hint}>`, help);

/** `account` says which account is meant by default. */
export function addTarget(command: Command, account: string, market = true): Command {
  const config = 'JSON file of settings, where these may stand too (MM_CONFIG)';
  command
    .addOption(flag('account', account))
    .addOption(flag('venue', 'only this venue (default: any)'));
  if (market) {
    command.addOption(flag('market', 'which market (default: the one that runs, else the last)'));
  }
  const folder = `ledgers, locks and latches (default: ${PARAMETERS.stateDir.derived}; ${variableOf('stateDir')})`;
  return command
    .addOption(flag('stateDir', folder))
    .addOption(new Option('--config <FILE>', config));
}

/** The account counts as named only when it stands on the command line. Throws StartProblem. */
export function targetFrom(options: Readonly<Record<string, unknown>>): TargetQuery {
  const { values } = someSettings(options, KEYS);
  return {
    stateDir: stateDirOf(values),
    // A setting for the next `mm run` must not hide a bot on another venue or market from its operator.
    venue: onLine(options, 'venue') ? values.venue : null,
    account: values.account,
    accountNamed: onLine(options, 'account'),
    market: onLine(options, 'market') ? values.market : null,
  };
}
