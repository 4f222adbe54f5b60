// One request to a venue before there is a client: who we are, which markets it has.
import type { HttpOutcome, HttpRequest, Network } from '#core/outside';

/** One request as a promise; never rejects. */
export const ask = (network: Network, request: HttpRequest): Promise<HttpOutcome> =>
  new Promise((resolve) => network.request(request, resolve));
