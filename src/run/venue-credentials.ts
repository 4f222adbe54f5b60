// `mm venue apex --credentials WORD`: what a client needs to be that account of the loopback ApeX. These secrets follow
// from the word and open nothing but a simulated venue on 127.0.0.1, which is why they may be printed.
import { StartProblem } from '#config/problem';
import { isApiKey, loopbackCredentials } from '#sim/venues/apex/credentials';

/** Lines in the form of a .env file. Throws StartProblem for a venue or word that has none. */
export function credentialsText(venue: string, key: string): string {
  if (venue !== 'apex') throw new StartProblem('--credentials is for apex; paradex takes any key');
  if (!isApiKey(key))
    throw new StartProblem('--credentials wants a word of at most 64 letters, digits and dashes');
  const { secret, passphrase, seed } = loopbackCredentials(key);
  return [
    `MM_APEX_KEY=${key}`,
    `MM_APEX_SECRET=${secret}`,
    `MM_APEX_PASSPHRASE=${passphrase}`,
    `MM_APEX_SEED=${seed}\n`,
  ].join('\n');
}
