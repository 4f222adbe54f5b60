// Which order is which: ours by ordinal and by the venue's id, those that may still be open, and the ids of orders that
// are not ours. Closed orders are remembered for late words and repeats, up to a number.
import { parseClientId } from '#core/messages';
import type { OwnOrder } from './own-order.js';

const REMEMBERED = 2_048;

export class OrderMemory<Order extends OwnOrder> {
  private readonly byOrdinal = new Map<number, Order>();
  private readonly byVenueId = new Map<string, Order>();
  protected readonly live = new Set<Order>();
  /** Venue ids of open orders on this market that carry no prefix of ours. */
  readonly foreign = new Set<string>();

  constructor(protected readonly runId: string) {}

  find(ordinal: number): Order | undefined {
    return this.byOrdinal.get(ordinal);
  }

  /** Orders that may still be open, or whose end has not been told. */
  get open(): ReadonlySet<Order> {
    return this.live;
  }

  ownerOf(clientIdText: string, venueId: string): Order | undefined {
    const known = this.byVenueId.get(venueId);
    if (known !== undefined) return known;
    const ordinal = this.ordinalOf(clientIdText);
    return ordinal === null ? undefined : this.byOrdinal.get(ordinal);
  }

  /** Our ordinal in a client id; null when it is somebody else's, or of another run. */
  ordinalOf(text: string): number | null {
    const parsed = parseClientId(text);
    return parsed !== null && parsed.runId === this.runId ? parsed.ordinal : null;
  }

  protected keep(order: Order): void {
    this.byOrdinal.set(order.ordinal, order);
    this.live.add(order);
    this.forget();
  }

  /** For good: a damaged word must not give an order another id. */
  protected name(order: Order, id: string): void {
    if (id !== '' && order.venueId === '') this.rename(order, id);
  }

  protected rename(order: Order, id: string): void {
    order.venueId = id;
    this.byVenueId.set(id, order);
  }

  private forget(): void {
    if (this.byOrdinal.size <= REMEMBERED) return;
    for (const [ordinal, order] of this.byOrdinal) {
      if (this.live.has(order)) continue;
      this.byOrdinal.delete(ordinal);
      this.byVenueId.delete(order.venueId);
      if (this.byOrdinal.size <= REMEMBERED) return;
    }
  }
}
