"""The official Python SDK, unmodified, against the loopback venue: pointed there by configuration alone.

Usage: python trade.py http://127.0.0.1:PORT KEY SECRET PASSPHRASE SEED
Reads market data, signs orders with the SDK's own native zk library, places, lists, cancels, fills, and hears its own
orders and the book over WebSocket. Prints one line a step; exits with 1 at the first that fails.
"""

import sys
import time
from decimal import Decimal

from apexomni.http_private_sign import HttpPrivateSign
from apexomni.http_private_v3 import HttpPrivateRwa_v3
from apexomni.websocket_api import WebSocket

SYMBOL = "BTC-USDT"
CROSS = "BTCUSDT"


class Client(HttpPrivateRwa_v3, HttpPrivateSign):
    """In 3.3.1 most v3 calls of the primary account stand in the RWA class: both, with the primary account."""


def step(name, good, detail=""):
    print(f"{'ok  ' if good else 'FAIL'} {name} {detail}", flush=True)
    if not good:
        sys.exit(1)


def until(what, seconds=5.0):
    for _ in range(int(seconds / 0.05)):
        if what():
            return True
        time.sleep(0.05)
    return False


def main(origin, key, secret, passphrase, seed):
    credentials = {"key": key, "secret": secret, "passphrase": passphrase}
    client = Client(
        origin, network_id=9, zk_seeds=seed, zk_l2Key="", api_key_credentials=credentials, default_to_rwa=False
    )
    config = client.configs_v3()["data"]
    contract = config["contractConfig"]["perpetualContract"][0]
    step("symbols", contract["symbol"] == SYMBOL, contract["tickSize"])
    tick = Decimal(contract["tickSize"])
    account = client.get_account_v3()
    step("account", account["id"].isdigit(), account["l2Key"][:12])
    depth = client.depth_v3(symbol=SYMBOL, limit=5)["data"]
    bid, ask = Decimal(depth["b"][0][0]), Decimal(depth["a"][0][0])
    step("depth", bid < ask, f"{bid} / {ask}")
    step("ticker", client.ticker_v3(symbol=SYMBOL)["data"][0]["symbol"] == CROSS)
    step("trades", isinstance(client.trades_v3(symbol=SYMBOL)["data"], list))
    step("klines", isinstance(client.klines_v3(symbol=SYMBOL, interval="1")["data"], dict))
    start = Decimal(client.get_account_balance_v3()["data"]["totalEquityValue"])
    step("test funds", start > 0, str(start))

    ws = origin.replace("http", "ws", 1)
    books, private = [], []
    public = WebSocket(endpoint=ws)
    public.depth_stream(books.append, CROSS, 200)
    stream = WebSocket(endpoint=ws, api_key_credentials=credentials)
    stream.account_info_stream_v3(private.append)
    step("book frames", until(lambda: len(books) > 3), f"{len(books)}")
    us = [frame["data"]["u"] for frame in books]
    step("u grows by one", all(b == a + 1 for a, b in zip(us, us[1:])))
    step("private snapshot", until(lambda: len(private) > 0), private[0]["type"] if private else "")

    low = str(bid - 500 * tick)

    def place(**fields):
        return client.create_order_v3(symbol=SYMBOL, type="LIMIT", **fields)

    made = place(side="BUY", size="0.01", price=low, timeInForce="POST_ONLY", clientId="peer-1")
    step("create, signed by the SDK", made.get("data", {}).get("status") == "PENDING", str(made.get("msg", "")))
    order_id = made["data"]["id"]
    step("order event", until(lambda: any("peer-1" in str(frame) for frame in private)))
    listed = client.open_orders_v3()["data"]
    step("list", [(o["clientId"], o["status"]) for o in listed] == [("peer-1", "OPEN")])
    step("order by client id", client.get_order_by_client_order_id_v3(id="peer-1")["data"]["id"] == order_id)
    client.delete_order_v3(id=order_id)
    step("cancel", client.open_orders_v3()["data"] == [])
    place(side="BUY", size="0.01", price=str(ask + 100 * tick), timeInForce="POST_ONLY", clientId="peer-2")
    crossed = client.get_order_by_client_order_id_v3(id="peer-2")["data"]
    step("post-only", (crossed["status"], crossed["cancelReason"]) == ("CANCELED", "COULD_NOT_FILL"))
    worst = client.get_worst_price_v3(symbol=SYMBOL, side="SELL", size="0.001")["data"]["worstPrice"]
    sold = client.create_order_v3(
        symbol=SYMBOL, side="SELL", type="MARKET", size="0.001", price=worst, timeInForce="IMMEDIATE_OR_CANCEL", clientId="peer-3"
    )
    step("market order", "data" in sold, str(sold.get("msg", worst)))
    fills = client.fills_v3(symbol=SYMBOL)["data"]["orders"]
    step("fill", len(fills) == 1 and fills[0]["clientOrderId"] == "peer-3", f"{fills[0]['price']} fee {fills[0]['fee']}")
    step("fill event", until(lambda: any(frame["contents"].get("fills") for frame in private)))
    rows = client.get_account_v3()["positions"]
    step("position", [r["size"] for r in rows if r["side"] == "SHORT"][0] == "0.001")
    place(side="BUY", size="0.01", price=low, timeInForce="GOOD_TIL_CANCEL", clientId="peer-4")
    client.delete_order_by_client_order_id_v3(id="peer-4")
    place(side="BUY", size="0.01", price=low, timeInForce="GOOD_TIL_CANCEL", clientId="peer-5", reduceOnly=False)
    client.delete_open_orders_v3(symbol=SYMBOL)
    step("cancel all", client.open_orders_v3()["data"] == [])
    refused = place(side="BUY", size="0.01", price=low, clientId="peer-6", makerFeeRate="0.0009")
    step("a wrong signature is refused", refused.get("key") == "INVALID_L2_SIGNATURE", str(refused)[:80])
    print("the official SDK trades on the loopback venue", flush=True)


main(*sys.argv[1:])
