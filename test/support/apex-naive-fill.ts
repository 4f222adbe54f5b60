// A second reading of ApeX's private frames, from the venue notes alone (sections 4 and 5.3): which fills are in them,
// and whether something in them cannot be read. It shares no line with clients/apex.
import { exactIds, naiveNumber, naiveTicks } from './paradex-naive-fill.js';
import { naiveMantissa } from './paradex-naive.js';

export interface NaiveApexFill {
  readonly id: string;
  readonly orderId: string;
  readonly clientId: string;
  readonly symbol: string;
  readonly side: 1 | -1;
  readonly ticks: number | null;
  readonly lots: number | null;
  readonly fee: number | null;
  readonly createdMs: number;
  readonly failed: boolean;
}
export interface NaiveApexFrame {
  readonly fills: readonly NaiveApexFill[];
  /** Something in it could not be read: nobody knows what it said. */
  readonly lost: boolean;
}

type Json = Readonly<Record<string, unknown>>;
const TICK = 10_000_000n;
const LOT = 100_000n;
const NOTHING: NaiveApexFrame = { fills: [], lost: false };
const LOST: NaiveApexFrame = { fills: [], lost: true };
const STATUSES = 'PENDING UNTRIGGERED OPEN CANCELING FILLED CANCELED CANCELLED EXPIRED REJECTED'.split(' '); // prettier-ignore

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const word = (value: unknown): string =>
  typeof value === 'string' ? value : Number.isFinite(value) ? String(value) : '';
const isSide = (value: unknown): boolean => value === 'BUY' || value === 'SELL';

/** The text of one frame on the private socket. */
export function naiveApexFrame(text: string): NaiveApexFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(exactIds(text));
  } catch {
    return LOST;
  }
  if (!isObject(frame) || frame['topic'] !== 'ws_zk_accounts_v3') return NOTHING;
  const { contents } = frame;
  if (!isObject(contents)) return LOST;
  let lost = false;
  const listed = (name: string): readonly unknown[] => {
    const list = contents[name] ?? [];
    if (!Array.isArray(list)) lost = true;
    return Array.isArray(list) ? list : [];
  };
  const fills: NaiveApexFill[] = [];
  for (const item of listed('fills')) {
    const f = isObject(item) ? item : {};
    if (!isSide(f['side']) || word(f['id']) === '' || word(f['size']) === '') lost = true;
    else fills.push(fillOf(f));
  }
  for (const item of listed('orders')) {
    const o = isObject(item) ? item : {};
    const named = word(o['id']) !== '' || word(o['orderId']) !== '';
    if (!isSide(o['side']) || !named || !STATUSES.includes(word(o['status']))) lost = true;
  }
  return { fills, lost };
}

function fillOf(f: Json): NaiveApexFill {
  const lots = naiveMantissa(word(f['size']));
  const created = Number(word(f['createdAt']));
  return {
    ...{ id: word(f['id']), orderId: word(f['orderId']), symbol: word(f['symbol']) },
    clientId: word(f['clientOrderId']) || word(f['clientId']),
    side: f['side'] === 'BUY' ? 1 : -1,
    ticks: naiveTicks(word(f['price']), TICK),
    lots: lots >= 0n && lots % LOT === 0n && lots / LOT < 2n ** 53n ? Number(lots / LOT) : null,
    fee: ['', null, undefined].includes(f['fee'] as '') ? 0 : naiveNumber(word(f['fee'])),
    createdMs: Number.isFinite(created) ? created : 0,
    failed: word(f['status']).startsWith('FAILED'),
  };
}
