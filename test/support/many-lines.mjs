// The child of many-lines.ts: plays the command lines of `mm` that stdin lists, one after the other, through what
// dist/src/cli/main.js calls, and prints what each would have printed and its exit code. It ends by itself, as they must.
import { text } from 'node:stream/consumers';

process.env['TZ'] = 'UTC'; // as main.js does
const { main } = await import('../../dist/src/cli/program.js');
const print = process.stdout.write.bind(process.stdout);
const lines = JSON.parse(await text(process.stdin));
for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0); // each line listens to both

const answers = [];
for (const { args, env } of lines) {
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'])
    process[name].write = (what, ...rest) => {
      said[name] += String(what);
      rest.find((one) => typeof one === 'function')?.();
      return true;
    };
  const before = { ...process.env };
  Object.assign(process.env, env);
  process.exitCode = undefined;
  await main(args);
  answers.push({ code: process.exitCode ?? 0, out: said.stdout, err: said.stderr });
  for (const key of Object.keys(env ?? {}))
    if (before[key] === undefined) delete process.env[key];
    else process.env[key] = before[key];
}
process.exitCode = 0;
print(JSON.stringify(answers));
