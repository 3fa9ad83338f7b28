// electron-updater fetches through Electron's network; a test has none, so the same library's Node executor does, with the one method it lacks.
import { createRequire } from 'node:module';

interface Download {
  readonly headers?: Record<string, string>;
  readonly cancellationToken: {
    createPromise(run: (resolve: (file: string) => void, reject: (failure: Error) => void, onCancel: (handler: () => void) => void) => void): Promise<string>;
  };
}
interface Executor {
  download?: (url: URL, destination: string, options: Download) => Promise<string>;
  doDownload(request: object, options: object, redirects: number): void;
}
const require = createRequire(import.meta.url);
const { NodeHttpExecutor } = require('builder-util') as { readonly NodeHttpExecutor: new () => Executor };
const { configureRequestUrl, configureRequestOptions } = require('builder-util-runtime') as {
  readonly configureRequestUrl: (url: URL, request: object) => void;
  readonly configureRequestOptions: (request: object) => void;
};

export function createHttpExecutor(): Executor {
  const executor = new NodeHttpExecutor();
  executor.download = (url, destination, options) =>
    options.cancellationToken.createPromise((resolve, reject, onCancel) => {
      const request = { headers: options.headers };
      configureRequestUrl(url, request);
      configureRequestOptions(request);
      const callback = (failure?: Error | null): void => (failure instanceof Error ? reject(failure) : resolve(destination));
      executor.doDownload(request, { destination, options, onCancel, callback, responseHandler: null }, 0);
    });
  return executor;
}
