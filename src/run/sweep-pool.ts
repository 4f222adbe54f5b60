// The processes of a sweep: child processes rather than threads, so that a native add-on or a crash of one point cannot
// take the others along. Each gets the next point as soon as it has finished one.
import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { StartProblem } from '#config/problem';
import type { TrialFigures } from '#report/sweep-result';
import type { TrialRequest } from './sweep-trial.js';

interface Waiting {
  readonly request: TrialRequest;
  readonly resolve: (figures: TrialFigures) => void;
  readonly reject: (error: Error) => void;
}

interface Answer {
  readonly ready?: true;
  readonly figures?: TrialFigures;
  /** A tape or file that cannot be used: the user's to mend. */
  readonly problem?: string;
  readonly error?: string;
}

/** Points that a worker has at hand, the one it runs included: on a busy machine asking for the next takes its time. */
const DEPTH = 2;

export class SweepPool {
  /** What each worker that is up was given, oldest first. */
  private readonly given = new Map<ChildProcess, Waiting[]>();
  private readonly queue: Waiting[] = [];
  private readonly children: ChildProcess[] = [];
  private closed = false;

  /** `file`: the worker; that beside this file unless a test brings its own. */
  constructor(jobs: number, file = fileURLToPath(new URL('./sweep-worker.js', import.meta.url))) {
    for (let i = 0; i < jobs; i += 1) {
      // Signals go to the parent: it decides, and its end ends the children.
      const child = fork(file, [], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [] });
      child.on('message', (answer: Answer) => this.answered(child, answer));
      child.on('exit', (code, signal) => this.gone(`${code ?? signal}`));
      this.children.push(child);
    }
  }

  /** Rejects with StartProblem for data that cannot be read, else when the worker fails or dies: a bug. */
  run(request: TrialRequest): Promise<TrialFigures> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(new Error('the workers of this sweep have ended'));
      this.queue.push({ request, resolve, reject });
      this.hand();
    });
  }

  close(): void {
    this.closed = true;
    for (const child of this.children) {
      if (child.connected) child.disconnect();
      child.kill('SIGTERM');
    }
  }

  /** Whoever has least gets the next; the last points are not hoarded by one while another has nothing. */
  private hand(): void {
    while (this.queue.length > 0) {
      const depth = this.queue.length > this.children.length ? DEPTH : 1;
      const free = [...this.given].filter(([, has]) => has.length < depth);
      const [child, has] = free.reduce<(typeof free)[number] | [null, null]>(
        (least, one) => (least[1] === null || one[1].length < least[1].length ? one : least),
        [null, null],
      );
      if (child === null) return;
      const next = this.queue.shift() as Waiting;
      has.push(next);
      child.send(next.request);
    }
  }

  private answered(child: ChildProcess, answer: Answer): void {
    if (answer.ready === true) this.given.set(child, []);
    else {
      const waiting = this.given.get(child)?.shift();
      if (answer.figures !== undefined) waiting?.resolve(answer.figures);
      else if (answer.problem !== undefined) waiting?.reject(new StartProblem(answer.problem));
      else waiting?.reject(new Error(answer.error ?? 'a worker answered nothing'));
    }
    this.hand();
  }

  private gone(how: string): void {
    if (this.closed) return;
    const error = new Error(`a worker of the sweep ended unasked (${how})`);
    for (const waiting of [...[...this.given.values()].flat(), ...this.queue])
      waiting.reject(error);
    this.given.clear();
    this.queue.length = 0;
    this.close();
  }
}
