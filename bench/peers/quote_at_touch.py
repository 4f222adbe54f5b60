# The other half of bench/peers/hftbacktest.ts: one quote a side at the touch, looked at every INTERVAL, on hftbacktest.
# Reads lines "run INTERVAL_MS" on stdin and answers each with one JSON line. The data is in memory and everything is
# compiled before the first answer; what is timed is the loop of the backtest alone.
import json
import sys
import time

import numpy as np
from numba import njit
from hftbacktest import (
    GTX, LIMIT, BacktestAsset, HashMapMarketDepthBacktest, ROIVectorMarketDepthBacktest,
)


@njit
def quote(hbt, interval_ns, lots):
    """A side without an order gets one at the touch; an order that is not at the touch is cancelled and put anew."""
    next_id = 1
    bid_id = 0
    ask_id = 0
    steps = 0
    sent = 0
    while hbt.elapse(interval_ns) == 0:
        steps += 1
        hbt.clear_inactive_orders(0)
        depth = hbt.depth(0)
        if depth.best_bid_tick <= 0 or depth.best_ask_tick >= 2147483647 or depth.best_bid_tick >= depth.best_ask_tick:
            continue
        orders = hbt.orders(0)
        bid = orders.get(bid_id) if bid_id != 0 else None
        ask = orders.get(ask_id) if ask_id != 0 else None
        if bid is not None and bid.price_tick != depth.best_bid_tick and bid.cancellable:
            hbt.cancel(0, bid_id, False)
            sent += 1
            bid = None
        if ask is not None and ask.price_tick != depth.best_ask_tick and ask.cancellable:
            hbt.cancel(0, ask_id, False)
            sent += 1
            ask = None
        if bid is None:
            bid_id = next_id
            next_id += 1
            hbt.submit_buy_order(0, bid_id, depth.best_bid_tick * depth.tick_size, lots, GTX, LIMIT, False)
            sent += 1
        if ask is None:
            ask_id = next_id
            next_id += 1
            hbt.submit_sell_order(0, ask_id, depth.best_ask_tick * depth.tick_size, lots, GTX, LIMIT, False)
            sent += 1
    return steps, sent


@njit
def replay(hbt, interval_ns):
    steps = 0
    while hbt.elapse(interval_ns) == 0:
        steps += 1
    return steps


def asset(data, options):
    a = (
        BacktestAsset().data(data).linear_asset(1.0)
        .constant_order_latency(options['order_us'] * 1000, options['reply_us'] * 1000)
        .power_prob_queue_model(options['exponent']).no_partial_fill_exchange()
        .trading_value_fee_model(options['fee'], options['fee'])
        .tick_size(options['tick']).lot_size(options['lot'])
    )
    if options['depth'] == 'roi':
        return ROIVectorMarketDepthBacktest([a.roi_lb(options['roi_lb']).roi_ub(options['roi_ub'])])
    return HashMapMarketDepthBacktest([a])


def main():
    options = json.loads(sys.argv[1])
    data = np.load(options['file'])['data']
    head = data[:20000].copy()
    for depth in ('roi', 'hash'):
        hbt = asset(head, {**options, 'depth': depth})
        quote(hbt, 100_000_000, options['size'])
        hbt.close()
        hbt = asset(head, {**options, 'depth': depth})
        replay(hbt, 100_000_000)
        hbt.close()
    print(json.dumps({'ready': True, 'events': len(data)}), flush=True)
    for line in sys.stdin:
        what, depth, ms = line.split()
        hbt = asset(data, {**options, 'depth': depth})
        cpu = time.process_time()
        started = time.perf_counter()
        if what == 'replay':
            steps, sent = replay(hbt, int(float(ms) * 1e6)), 0
        else:
            steps, sent = quote(hbt, int(float(ms) * 1e6), options['size'])
        seconds = time.perf_counter() - started
        cpu = time.process_time() - cpu
        state = hbt.state_values(0)
        print(json.dumps({
            'seconds': seconds, 'cpu': cpu, 'steps': int(steps), 'sent': int(sent), 'fills': int(state.num_trades),
            'volume': float(state.trading_volume), 'position': float(state.position),
        }), flush=True)
        hbt.close()


main()
