// From what happened (market and account news) to what each connection is sent: JSON made when somebody wants it, each
// binary frame made once a version. Order events are as of the moment they are told.
import type { Micros } from '#core/units';
import type { SbeVersion } from '#clients/paradex/endpoints';
import type { ParadexAccount, AccountNews } from './account.js';
import {
  accountFrame, accountWire, fillFrame, orderFrame, positionFrame, positionWire,
} from './account-views.js'; // prettier-ignore
import type { Channel } from './channels.js';
import type { MarketNews, ParadexMarket } from './market.js';
import {
  bboFrame, bboWire, bookChangeWire, bookFrame, bookWire, fundingFrame, fundingWire, summaryFrame,
  summaryWire, tradeFrame, tradeWire,
} from './market-views.js'; // prettier-ignore
import type { PublicTopic } from './channels.js';
import type { News } from './socket-host.js';
import type { ParadexSocket } from './socket.js';

const TOPICS: Readonly<Record<MarketNews['kind'], PublicTopic>> = {
  ...{ snapshot: 'deltas', delta: 'deltas', bbo: 'bbo', trade: 'trades' },
  ...{ summary: 'summary', funding: 'funding' },
};

export class Broadcast {
  readonly sockets = new Set<ParadexSocket>();

  constructor(
    private readonly market: ParadexMarket,
    private readonly now: () => Micros,
    private readonly seq: () => bigint,
  ) {}

  public(news: MarketNews): void {
    if (this.sockets.size === 0) return;
    const { data, frame } = this.marketNews(news);
    const topic = TOPICS[news.kind];
    const once = frame === null ? null : oncePerVersion(frame);
    for (const socket of this.sockets) socket.publish(topic, data, once);
  }

  /** What a subscriber hears at once: the book, and the state of tickers. */
  first(channel: Channel): News | null {
    const { market } = this;
    if (channel.topic === 'deltas') return this.marketNews({ kind: 'snapshot' });
    if (channel.topic === 'bbo') return this.marketNews({ kind: 'bbo' });
    if (channel.topic === 'summary') return this.marketNews({ kind: 'summary' });
    if (channel.topic === 'funding') return this.marketNews({ kind: 'funding' });
    if (channel.topic !== 'snapshot') return null;
    return {
      data: () => bookWire(market, channel),
      frame: (version) => bookFrame(market, version, null, channel),
    };
  }

  private(account: ParadexAccount, news: AccountNews): void {
    const nowUs = this.now();
    if (news.kind === 'order') {
      const wire = news.order.wire(account.market, account.instrument, nowUs);
      this.tell(account, 'orders', wire, (version) => orderFrame(wire, nowUs, version));
    } else if (news.kind === 'fill') {
      const seq = this.seq();
      this.tell(account, 'fills', news.fill, (v) => fillFrame(news.fill, seq, nowUs, v));
    } else if (news.kind === 'payment') {
      this.tell(account, 'payments', news.payment, null);
    } else if (news.kind === 'bust') {
      this.tell(account, 'busts', news.bust, null);
    } else {
      const position = positionWire(account, nowUs, this.seq());
      this.tell(account, 'positions', position, (v) => positionFrame(position, nowUs, v));
      const summary = accountWire(account, nowUs, this.seq());
      this.tell(account, 'account', summary, (v) => accountFrame(summary, nowUs, v));
    }
  }

  /** Everybody, about the market's specification. */
  changed(change: unknown): void {
    for (const socket of this.sockets) socket.publish('markets', () => change, null);
  }

  private tell(
    account: ParadexAccount,
    topic: 'orders' | 'fills' | 'positions' | 'account' | 'payments' | 'busts',
    wire: unknown,
    frame: ((version: SbeVersion) => Uint8Array) | null,
  ): void {
    for (const socket of this.sockets) {
      if (socket.account === account) socket.publish(topic, () => wire, frame);
    }
  }

  private marketNews(news: MarketNews): News {
    const { market } = this;
    switch (news.kind) {
      case 'trade':
        return {
          data: () => tradeWire(market, news.print),
          frame: (version) => tradeFrame(market, news.print, version),
        };
      case 'bbo':
        return { data: () => bboWire(market), frame: (version) => bboFrame(market, version) };
      case 'summary':
        return {
          data: () => summaryWire(market),
          frame: (version) => summaryFrame(market, version),
        };
      case 'funding':
        return {
          data: () => fundingWire(market),
          frame: (version) => fundingFrame(market, version),
        };
      default: {
        const changes = news.kind === 'delta' ? news.changes : null;
        return {
          data: () => bookChangeWire(market, news),
          frame: (version) => bookFrame(market, version, changes),
        };
      }
    }
  }
}

/** Frames are not changed by whoever gets them, except by faults, which copy. */
function oncePerVersion(make: (version: SbeVersion) => Uint8Array): (v: SbeVersion) => Uint8Array {
  const made = new Map<SbeVersion, Uint8Array>();
  return (version) => {
    let frame = made.get(version);
    if (frame === undefined) made.set(version, (frame = make(version)));
    return frame;
  };
}
