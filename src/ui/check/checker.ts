// The engine for checks: a worker of its own without a world. It starts with the first question, and a new one is started
// after a crash; the question that brought it down is rejected.

import { releaseProxy, wrap, type Remote } from 'comlink';
import type { EhloWorker } from '../../worker/api.ts';
import EngineWorker from '../../worker/worker.ts?worker';

interface Running {
  readonly worker: Worker;
  readonly remote: Remote<EhloWorker>;
  readonly crashed: Promise<never>;
}

let running: Running | undefined;

function start(): Running {
  const worker = new EngineWorker();
  const crashed = new Promise<never>((_resolve, reject) => {
    worker.onerror = (event) => {
      event.preventDefault();
      stopChecker();
      reject(new Error(event.message));
    };
  });
  crashed.catch(() => {});
  return { worker, remote: wrap<EhloWorker>(worker), crashed };
}

export function askChecker<T>(query: (api: Remote<EhloWorker>) => Promise<T>): Promise<T> {
  running ??= start();
  return Promise.race([query(running.remote), running.crashed]);
}

export function stopChecker(): void {
  running?.remote[releaseProxy]();
  running?.worker.terminate();
  running = undefined;
}
