// The loopback Paradex and its client for the twin, with the real signer on this thread.
import { ParadexClient } from '#clients/paradex/client';
import { Instrument } from '#core/instrument';
import { onboard, paradexEnvironment, paradexIdentity } from '#run/paradex-account';
import { paradexSwitches } from '#run/paradex-switches';
import { specAt } from '#run/venue-specs';
import { ParadexFace } from '#sim/venues/paradex/paradex-face';
import type { TwinVenue } from './twin-world.js';

const KEY = '0x543b6cf6c91817a87174aaea4fb370ac1c694e864d7740d728f8344d53e815';
const SEED = 7;

export const PARADEX_TWIN: TwinVenue = {
  face: ({ values, instrument, ...parts }) => {
    const { modifyPriority } = paradexSwitches(values.paradexSwitches);
    return new ParadexFace({
      quirks: modifyPriority === undefined ? {} : { modifyPriority }, // as a paper run has it
      ...{ ...parts, seed: SEED, deposit: values.capital },
      leverage: Math.max(values.maxLeverage, 1),
      instrument: new Instrument({ ...specAt('paradex', instrument.spec), venue: 'paradex' }),
    });
  },
  client: async ({ network, clock, inbox, values, instrument }) => {
    const environment = paradexEnvironment('paper', 'http://127.0.0.1:9');
    const keys = { ...values, paradexPrivateKey: KEY };
    const identity = await paradexIdentity(network, environment, keys, () => undefined);
    await onboard(network, identity);
    return new ParadexClient({
      ...{ network, clock, seed: SEED, signer: identity.signer, environment, inbox },
      ...{ market: instrument.spec.symbol, runId: 'twin' },
      switches: paradexSwitches(values.paradexSwitches),
    });
  },
};
