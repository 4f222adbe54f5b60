"""The official Python SDK, unmodified, against the loopback venue: pointed there by configuration alone.

Usage: python trade.py http://127.0.0.1:PORT
Authenticates with a throw-away Ethereum key, reads market data, places, lists, modifies, cancels, fills, and hears its
own orders and binary market data over WebSocket. Prints one line a step; exits with 1 at the first that fails.
"""

import asyncio
import sys
from decimal import Decimal

from paradex_py import Paradex
from paradex_py.api.ws_client import ParadexWebsocketChannel
from paradex_py.common.order import Order, OrderSide, OrderType

L1_KEY = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # public test key 0 of anvil and hardhat
L1_ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
MARKET = "BTC-USD-PERP"


def step(name, good, detail=""):
    print(f"{'ok  ' if good else 'FAIL'} {name} {detail}", flush=True)
    if not good:
        sys.exit(1)


async def until(what, seconds=5.0):
    for _ in range(int(seconds / 0.05)):
        if what():
            return True
        await asyncio.sleep(0.05)
    return False


def order(side, kind, size, price, instruction, client_id):
    return Order(
        market=MARKET,
        order_type=kind,
        order_side=side,
        size=Decimal(size),
        limit_price=Decimal(price),
        client_id=client_id,
        instruction=instruction,
    )


async def main(origin):
    ws = origin.replace("http", "ws", 1) + "/v1"
    paradex = Paradex(
        env="testnet",
        l1_address=L1_ADDRESS,
        l1_private_key=L1_KEY,
        api_base_url=f"{origin}/v1",
        ws_url_override=ws,
        ws_direct_url_override=ws,
        ws_sbe_enabled=True,
    )
    api = paradex.api_client
    step("authenticate", hex(paradex.account.l2_address) != "0x0", hex(paradex.account.l2_address))
    step("system state", api.fetch_system_state()["status"] == "ok")
    markets = api.fetch_markets()["results"]
    step("markets", markets[0]["symbol"] == MARKET, markets[0]["price_tick_size"])
    book = api.fetch_orderbook(market=MARKET)
    bid, ask = Decimal(book["bids"][0][0]), Decimal(book["asks"][0][0])
    step("order book", bid < ask, f"{bid} / {ask}")
    start = Decimal(api.fetch_account_summary().account_value)
    step("test funds", start > 0, str(start))

    frames, orders, fills = [], [], []

    async def heard(into, _channel, message):
        into.append(message)

    connected = await paradex.ws_client.connect()
    step("websocket", connected)
    await paradex.ws_client.subscribe(
        ParadexWebsocketChannel.ORDER_BOOK_DELTAS if hasattr(ParadexWebsocketChannel, "ORDER_BOOK_DELTAS") else ParadexWebsocketChannel.BBO,
        callback=lambda c, m: heard(frames, c, m),
        params={"market": MARKET},
    )
    await paradex.ws_client.subscribe(
        ParadexWebsocketChannel.ORDERS, callback=lambda c, m: heard(orders, c, m), params={"market": "ALL"}
    )
    await paradex.ws_client.subscribe(
        ParadexWebsocketChannel.FILLS, callback=lambda c, m: heard(fills, c, m), params={"market": "ALL"}
    )
    step("binary market data", await until(lambda: len(frames) > 0), f"{len(frames)} messages")

    low = str(bid - Decimal("50"))
    made = api.submit_order(order(OrderSide.Buy, OrderType.Limit, "0.01", low, "POST_ONLY", "peer-1"))
    step("create", made["status"] == "NEW", made["id"])
    step("order event", await until(lambda: any("peer-1" in str(m) for m in orders)))
    listed = api.fetch_orders(params={"market": MARKET})["results"]
    step("list", [o["client_id"] for o in listed] == ["peer-1"], listed[0]["status"])
    lower = Order(
        market=MARKET,
        order_type=OrderType.Limit,
        order_side=OrderSide.Buy,
        size=Decimal("0.02"),
        limit_price=Decimal(low) - 1,
        order_id=made["id"],
    )
    api.modify_order(made["id"], lower)
    moved = api.fetch_order(made["id"])
    step("modify", moved["size"] == "0.02" and Decimal(moved["price"]) == Decimal(low) - 1, moved["price"])
    api.cancel_order(made["id"])
    step("cancel", api.fetch_orders(params={"market": MARKET})["results"] == [])
    bad = order(OrderSide.Buy, OrderType.Limit, "0.01", str(ask + 10), "POST_ONLY", "peer-2")
    api.submit_order(bad)
    history = api.fetch_orders_history(params={"client_id": "peer-2"})["results"]
    step("post-only", history[0]["cancel_reason"] == "POST_ONLY_WOULD_CROSS", history[0]["status"])
    api.submit_order(order(OrderSide.Sell, OrderType.Market, "0.01", "0", "IOC", "peer-3"))
    found = api.fetch_fills(params={"market": MARKET})["results"]
    ours = [fill["client_id"] for fill in found] == ["peer-3"] * len(found) # as many as the levels that it took
    step("fill", len(found) > 0 and ours, f"{found[0]['price']} fee {found[0]['fee']}")
    step("fill event", await until(lambda: len(fills) > 0))
    position = api.fetch_positions()["results"][0]
    step("position", position["side"] == "SHORT" and position["size"] == "-0.01", position["size"])
    api.submit_order(order(OrderSide.Buy, OrderType.Limit, "0.01", low, "GTC", "peer-4"))
    api.cancel_all_orders({"market": MARKET})
    step("cancel all", api.fetch_orders(params={"market": MARKET})["results"] == [])
    await paradex.close()
    print("the official SDK trades on the loopback venue", flush=True)


asyncio.run(main(sys.argv[1]))
