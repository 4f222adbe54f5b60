// The second signer: the `starknet` package's typed data and signatures behind the same interface. Slow (about 50 ms of
// blocking CPU an order), independent of our arithmetic, loaded only when asked for. It must not share code with the
// fast one beyond reading decimal strings, or it would prove nothing.
import { STARK_ORDER } from './curve.js';
import { feltFromHex, quantums } from './felt.js';
import type { SignableOrder } from './message.js';
import type { ParadexSigner, SignerOptions } from './signer.js';

const FIELDS = ['timestamp', 'market', 'side', 'orderType', 'size', 'price'] as const;
const felts = (...names: readonly string[]) => names.map((name) => ({ name, type: 'felt' }));

/** The type lists of the venue, by primary type. */
const TYPES = {
  StarkNetDomain: felts('name', 'chainId', 'version'),
  Order: felts(...FIELDS),
  ModifyOrder: felts(...FIELDS, 'id'),
  Request: felts('method', 'path', 'body', 'timestamp', 'expiration'),
  Constant: felts('action'),
} as const;
type Primary = Exclude<keyof typeof TYPES, 'StarkNetDomain'>;

/** The typed data of a message, as starknet.js reads it. */
export const typedDataOf = (
  chainId: string,
  primaryType: Primary,
  message: Readonly<Record<string, string>>,
) => ({
  types: { StarkNetDomain: [...TYPES.StarkNetDomain], [primaryType]: [...TYPES[primaryType]] },
  primaryType,
  domain: { name: 'Paradex', chainId, version: '1' },
  message,
});

/** The message of an order, before hashing. */
export const orderFields = (order: SignableOrder): Record<string, string> => ({
  timestamp: String(order.timestampMs),
  market: order.market,
  side: order.side === 'BUY' ? '1' : '2',
  orderType: order.type,
  size: String(quantums(order.size)),
  price: order.type === 'MARKET' ? '0' : String(quantums(order.price)),
});

/** Loads `starknet` (about 0.3 s, 20 MB) and makes a signer of it. */
export async function starknetSigner(options: SignerOptions): Promise<ParadexSigner> {
  const { privateKey, account } = options;
  // Checked here, because the package's own complaint repeats the key.
  const key = feltFromHex(privateKey, 'the private key');
  if (key === 0n || key >= STARK_ORDER) throw new RangeError('the private key is out of range');
  feltFromHex(account, 'the account address');
  const { ec, shortString, typedData } = await import('starknet');
  const chainId = shortString.encodeShortString(options.chainId);
  const sign = (primaryType: Primary, message: Readonly<Record<string, string>>): string => {
    const data = typedDataOf(chainId, primaryType, message);
    const hash = typedData.getMessageHash(data, account);
    const { r, s } = ec.starkCurve.sign(hash, privateKey);
    return `["${r}","${s}"]`;
  };
  return {
    kind: 'starknet',
    publicKey: ec.starkCurve.getStarkKey(privateKey),
    account,
    signOrder: (order) => sign('Order', orderFields(order)),
    signModify: (order, id) => sign('ModifyOrder', { ...orderFields(order), id }),
    signAuth: (timestampS, expirationS) =>
      sign('Request', {
        ...{ method: 'POST', path: '/v1/auth', body: '' },
        ...{ timestamp: String(timestampS), expiration: String(expirationS) },
      }),
    signOnboarding: () => sign('Constant', { action: 'Onboarding' }),
    prehash: () => undefined,
  };
}
