// pino-roll 4 ships no types; this is the part of it that log.ts uses.
declare module 'pino-roll' {
  import type { SonicBoom } from 'sonic-boom';
  interface RollOptions {
    readonly file: string;
    readonly frequency?: 'daily' | 'hourly' | number;
    readonly dateFormat?: string;
    readonly extension?: string;
    readonly mkdir?: boolean;
    readonly sync?: boolean;
    readonly limit?: { readonly count: number; readonly removeOtherLogFiles?: boolean };
  }
  export default function pinoRoll(options: RollOptions): Promise<SonicBoom>;
}
