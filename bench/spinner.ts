// A bare worker for bench/sweep.ts: turns a fixed number of times for every message, so that the machine's own speed-up
// can be seen beside that of a sweep.
const TURNS = 60_000_000;

function spin(): number {
  let x = 1;
  for (let i = 0; i < TURNS; i += 1) x = (Math.imul(x, 1_664_525) + 1_013_904_223) | 0;
  return x;
}

process.on('disconnect', () => process.exit(0));
process.on('message', () => process.send?.({ spun: spin() }));
