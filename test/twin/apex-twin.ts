// The loopback ApeX and its client for the twin, with the real zk signer on this thread; a drawn share of the signatures is
// verified (the contract tests verify all).
import { ApexClient } from '#clients/apex/client';
import { loopback } from '#clients/apex/endpoints';
import type { ApexEnvironment } from '#clients/apex/endpoints';
import { parseSeed } from '#clients/apex/sign/keys';
import { inThreadSigner } from '#clients/apex/signer';
import type { DashSymbol } from '#clients/apex/wire';
import { Instrument } from '#core/instrument';
import { apexSwitches } from '#run/apex-switches';
import { specAt } from '#run/venue-specs';
import { ApexFace } from '#sim/venues/apex/apex-face';
import { loopbackCredentials } from '#sim/venues/apex/credentials';
import { apexSymbol } from '#sim/venues/apex/symbols';
import { zkChecks } from '#sim/venues/apex/zk-checks';
import type { TwinVenue } from './twin-world.js';

const API = loopbackCredentials('twin');
const SEED = 7;
const VERIFIED = 0.2;

export const APEX_TWIN: TwinVenue = {
  face: ({ values, instrument, ...parts }) =>
    new ApexFace({
      ...{ ...parts, seed: SEED, deposit: values.capital, checks: zkChecks(VERIFIED, SEED) },
      leverage: Math.max(values.maxLeverage, 1),
      instrument: new Instrument({
        ...specAt('apex', instrument.spec),
        ...{ venue: 'apex', symbol: apexSymbol(instrument.spec.symbol) },
      }),
    }),
  client: ({ network, clock, inbox, values, instrument }) =>
    Promise.resolve(
      new ApexClient({
        ...{ network, clock, seed: SEED, inbox, runId: 'twin', api: API },
        signer: inThreadSigner(parseSeed(API.seed) as Uint8Array),
        environment: loopback('http://127.0.0.1:9') as ApexEnvironment,
        symbol: apexSymbol(instrument.spec.symbol) as DashSymbol,
        switches: apexSwitches(values.apexSwitches),
      }),
    ),
};
