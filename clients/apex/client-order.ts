// What the client knows of one of our orders at ApeX beside what every venue's orders have.
import { OwnOrder } from '#clients/net/own-order';

export class ApexOrder extends OwnOrder {
  /** The request has left (signing comes first). */
  left = false;
}
