// TensorFlow.js for the trainer: the WASM backend on one thread, the pure JavaScript one where WASM cannot start.
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-cpu';
// Registers the gradients of the core's operations; nothing else of it is used.
import '@tensorflow/tfjs-layers';

let starting: Promise<'wasm' | 'cpu'> | null = null;

/** Starts the backend once. One thread: sums are then taken in one order, and the engine keeps its core. */
export function startTensorflow(): Promise<'wasm' | 'cpu'> {
  starting ??= start();
  return starting;
}

async function start(): Promise<'wasm' | 'cpu'> {
  setThreadsCount(1);
  const backend = (await setBackend('wasm').catch(() => false)) ? 'wasm' : 'cpu';
  if (backend === 'cpu') await setBackend('cpu');
  await ready();
  return backend;
}
