// The order calls of the simulated Paradex, one implementation for REST and WebSocket. Each answers with what the reply
// says and with what happens after it: the exchange is asked only when the reply has left, as at the venue, where the
// risk check comes after "NEW". Orders of one account only.
import type { Lots, Micros, Ticks } from '#core/units';
import type { CancelResultWire, ErrorWire, OrderWire } from '#clients/paradex/wire';
import type { ParadexAccount } from './account.js';
import { VenueOrder } from './order.js';
import type { Body, CheckedOrder, OrderEntryDesk } from './order-entry.js';
import { textOf } from './order-entry.js';
import { invalid, Refusal } from './refusal.js';
import type { VenueRules } from './rules.js';
import type { SignatureChecks } from './signatures.js';

export interface Answer<T> {
  readonly result: T;
  /** To be called once the reply has left. */
  readonly act: () => void;
}

const nothing = (): void => undefined;

export class OrderCalls {
  constructor(
    private readonly rules: VenueRules,
    private readonly desk: OrderEntryDesk,
    private readonly checks: SignatureChecks,
    private readonly now: () => Micros,
  ) {}

  wire(account: ParadexAccount, order: VenueOrder): OrderWire {
    return order.wire(account.market, account.instrument, this.now());
  }

  /** `connection`: whose cancel-on-disconnect covers it; 0 = none. */
  create(account: ParadexAccount, body: Body, connection: number): Answer<OrderWire> {
    const order = this.desk.create(account, body, this.now(), connection);
    return { result: this.wire(account, order), act: () => this.place(account, order) };
  }

  /** All refused if one fails basic validation; the others then carry null. */
  batch(
    account: ParadexAccount,
    bodies: readonly Body[],
    connection: number,
  ): Answer<{ orders: (OrderWire | null)[]; errors: (ErrorWire | null)[] }> {
    const most = this.rules.quirks.batchMost;
    if (bodies.length < 1 || bodies.length > most)
      throw new Refusal(400, 'BATCH_SIZE_OUT_OF_RANGE', `a batch has 1 to ${most} orders`);
    const errors: (ErrorWire | null)[] = [];
    const made: VenueOrder[] = [];
    for (const body of bodies) {
      try {
        made.push(this.desk.create(account, body, this.now(), connection));
        errors.push(null);
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        errors.push({ error: error.code, message: error.message });
      }
    }
    if (made.length < bodies.length) {
      for (const order of made) account.forget(order);
      return { result: { orders: bodies.map(() => null), errors }, act: nothing };
    }
    const orders = made.map((order) => this.wire(account, order));
    const act = (): void => made.forEach((order) => this.place(account, order));
    return { result: { orders, errors }, act };
  }

  /** The reply says what was; what became of it is an order event with `request_info`. */
  modify(account: ParadexAccount, id: string, body: Body, connection: number): Answer<OrderWire> {
    const order = this.openOrder(account, id);
    this.rules.state(order.facts.instruction);
    if (body['id'] !== undefined && body['id'] !== id) throw invalid('id differs from the path');
    const checked = this.desk.check(account, { ...body, flags: order.facts.flags }, this.now());
    if (checked.side !== order.facts.side || checked.type !== order.facts.type)
      throw invalid('side and type of an order cannot be modified');
    const signature = textOf(body, 'signature');
    this.desk.signature(account, (publicKey) =>
      this.checks.modify({ publicKey, account: account.address }, checked.signed, id, signature),
    );
    const said = body['trigger_price'];
    const changes = order.trigger > 0 && said !== undefined && said !== '';
    const trigger = changes ? this.rules.ticks(String(said)) : order.trigger;
    if (connection > 0) order.connection = connection;
    return {
      result: this.wire(account, order),
      act: () => this.change(account, order, checked, trigger),
    };
  }

  cancel(account: ParadexAccount, order: VenueOrder): Answer<null> {
    return { result: null, act: () => account.cancel(order) };
  }

  /** Answers per order; unknown and closed ones are no error. */
  cancelBatch(
    account: ParadexAccount,
    ids: readonly string[],
    clientIds: readonly string[],
  ): Answer<CancelResultWire[]> {
    const orders: VenueOrder[] = [];
    const result: CancelResultWire[] = [];
    const one = (id: string, clientId: string, order: VenueOrder | undefined): void => {
      const found = { account: account.address, market: account.market };
      const facts = order?.facts;
      const names = { id: facts?.id ?? id, client_id: facts?.clientId ?? clientId };
      if (order === undefined) result.push({ ...names, ...found, market: '', status: 'NOT_FOUND' });
      else if (!order.open) result.push({ ...names, ...found, status: 'ALREADY_CLOSED' });
      else {
        orders.push(order);
        result.push({ ...names, ...found, status: 'QUEUED_FOR_CANCELLATION' });
      }
    };
    for (const id of ids) one(id, '', account.orders.get(id));
    for (const clientId of clientIds) one('', clientId, account.byClientId.get(clientId));
    return { result, act: () => orders.forEach((order) => account.cancel(order)) };
  }

  cancelAll(account: ParadexAccount, market: string | null): Answer<null> {
    if (market !== null && market !== '') this.rules.known(market);
    return {
      result: null,
      act: () => [...account.openOrders].forEach((order) => account.cancel(order)),
    };
  }

  /** Throws Refusal when there is none, or it is closed. */
  openOrder(account: ParadexAccount, id: string): VenueOrder {
    const order = account.orders.get(id);
    if (order === undefined) throw new Refusal(404, 'ORDER_ID_NOT_FOUND', `order ${id} not found`);
    if (!order.open) throw new Refusal(400, 'ORDER_IS_CLOSED', `order ${id} is closed`);
    return order;
  }

  openByClientId(account: ParadexAccount, clientId: string): VenueOrder {
    const order = account.byClientId.get(clientId);
    if (order !== undefined && order.open) return order;
    throw new Refusal(404, 'CLIENT_ORDER_ID_NOT_FOUND', `client order ${clientId} not found`);
  }

  private place(account: ParadexAccount, order: VenueOrder): void {
    if (order.status === 'UNTRIGGERED') account.tell(order);
    else if (order.open) account.place(order);
  }

  private change(
    account: ParadexAccount,
    order: VenueOrder,
    checked: CheckedOrder,
    trigger: Ticks,
  ): void {
    const { quirks } = this.rules;
    const requestId = this.rules.nextOrderId(this.now());
    const tell = (status: 'SUCCESS' | 'REJECTED', message: string): void => {
      order.requestInfo = { id: requestId, request_type: 'MODIFY_ORDER', status, message };
      account.tell(order);
    };
    if (!order.open) return tell('REJECTED', 'order is closed');
    if (order.status === 'UNTRIGGERED') {
      const { lots, ticks } = checked;
      Object.assign(order, { lots, ticks, trigger });
      return tell('SUCCESS', '');
    }
    if (order.filled > 0 && !quirks.modifyPartlyFilled)
      return tell('REJECTED', 'a partly filled order cannot be modified');
    const total = quirks.modifySize === 'total' ? checked.lots : checked.lots + order.filled;
    if (quirks.modifyId === 'new') return this.replace(account, order, checked, total as Lots);
    const done = account.amend(order, checked.ticks, total as Lots);
    if (done) tell('SUCCESS', '');
    else if (order.open) tell('REJECTED', 'the modification was refused');
  }

  private replace(
    account: ParadexAccount,
    order: VenueOrder,
    checked: CheckedOrder,
    total: Lots,
  ): void {
    const nowUs = this.now();
    account.cancel(order, 'MODIFIED');
    const left = (total - order.filled) as Lots;
    if (left <= 0) return;
    const { facts } = order;
    account.byClientId.delete(facts.clientId);
    const id = this.rules.nextOrderId(nowUs);
    const next = new VenueOrder(
      { ...facts, id, receivedUs: nowUs },
      left,
      checked.ticks,
      order.trigger,
    );
    next.connection = order.connection;
    account.admit(next);
    account.place(next);
  }
}
