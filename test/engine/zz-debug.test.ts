import { writeFileSync, readFileSync } from 'node:fs';
import { test } from 'vitest';
import { History } from './history.js';
import { START } from './fixture.js';
test('debug', () => {
  const p = JSON.parse(readFileSync('/tmp/plan.json', 'utf8'));
  const h = new History(p);
  const out: string[] = [];
  const v = h.venue as any;
  const t = () => ((h.venue.now - START) / 1e6).toFixed(3);
  const send = v.send.bind(v);
  v.send = (us: never, c: never[]) => {
    out.push(t() + ' SEND ' + JSON.stringify(c));
    send(us, c);
  };
  const ex = v.execute.bind(v);
  v.execute = (c: never) => {
    out.push(t() + ' EXEC ' + JSON.stringify(c) + ' pos ' + v.position);
    ex(c);
  };
  const em = v.emit.bind(v);
  v.emit = (c: never) => {
    out.push(t() + ' EMIT ' + JSON.stringify(c) + ' pos ' + v.position);
    em(c);
  };
  const ha = h.engine.handle.bind(h.engine);
  (h.engine as any).handle = (e: never) => {
    ha(e);
    out.push(t() + ' RECV ' + JSON.stringify(e) + ' pos ' + h.engine.position.lots);
  };
  const ma = v.match.bind(v);
  v.match = (o: any) => {
    const b = v.position;
    ma(o);
    out.push(t() + ' MATCH ' + o.ordinal + ' ' + (v.position - b));
  };
  try {
    h.run();
  } finally {
    out.push(JSON.stringify(h.engine.numbers), ...h.engine.orders.map((o) => JSON.stringify(o)));
    writeFileSync('/tmp/trace.txt', out.join('\n'));
  }
});
