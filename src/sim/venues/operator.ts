// What whoever runs a venue may do to it while it runs, by HTTP beside the venue's own paths: POST /operator/maintenance.
// It stands in front of faults and delays. No client comes here by the venue's protocol.
import type { Face, FaceReply, FaceRequest } from './face.js';

/** What each word does; the answer is a sentence. */
export type OperatorWords = Readonly<Record<string, () => string>>;

export interface OperableFace extends Face {
  readonly operator: OperatorWords;
}

const PATH = '/operator/';

/** `face` is `venue`, or what wraps it. */
export const operated = (face: Face, { operator }: OperableFace): Face => ({
  request: (request, reply) => {
    if (request.target.startsWith(PATH)) reply(answer(operator, request));
    else face.request(request, reply);
  },
  connect: (target, headers, ip, peer) => face.connect(target, headers, ip, peer),
  close: () => face.close(),
});

function answer(words: OperatorWords, { method, target }: FaceRequest): FaceReply {
  const word = target.slice(PATH.length);
  const act = Object.hasOwn(words, word) ? words[word] : undefined;
  const headers = { 'content-type': 'text/plain; charset=utf-8' };
  if (method === 'POST' && act !== undefined) return { status: 200, headers, body: `${act()}\n` };
  const known = Object.keys(words).join(', ');
  return { status: 404, headers, body: `POST ${PATH}WORD, with one of ${known}\n` };
}
