#!/usr/bin/env node
// The `mm` command. Sets the time zone before anything else is loaded (daily log files roll at UTC midnight).
process.env['TZ'] = 'UTC';
const { main } = await import('./program.js');
await main(process.argv.slice(2));
