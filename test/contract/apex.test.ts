// Contract cards on the loopback ApeX over real sockets on 127.0.0.1: the cards that every venue keeps, and those of
// ApeX's own protocol.
import { contractCards } from './cards.js';
import { connectedTrader } from './apex-trader.js';
import { served } from './apex-served.js';

const NO_AMEND = 'ApeX has no amend';
const NO_BATCH = 'ApeX has no batch of new orders';
const NO_DEADMAN = 'ApeX has no cancel-on-disconnect';

contractCards({
  venue: 'apex',
  make: async () => {
    const { market, server, face } = await served({ checks: 'trusting' });
    // The cards are written for a range of 5 % and orders up to 100.
    face.changeMarket({ maxMarketPriceRange: '0.05', maxOrderSize: '100' });
    return {
      market,
      trader: () => connectedTrader(server.origin),
      close: () => server.close(),
    };
  },
  skips: {
    'VC-21': 'ApeX has no minimum notional; its minimum size is VA-12',
    'VC-25': 'ApeX refuses it in its answer: VA-13',
    'VC-35': NO_BATCH,
    'VC-36': NO_BATCH,
    'VC-37': NO_AMEND,
    'VC-38': NO_AMEND,
    'VC-39': NO_AMEND,
    'VC-40': NO_AMEND,
    'VC-53': NO_DEADMAN,
    'VC-55': NO_DEADMAN,
    'VC-56': NO_DEADMAN,
  },
});
