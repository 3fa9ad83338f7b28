// Makes `import 'electron'` give the stand-in, in the process it is imported into before everything else (NODE_OPTIONS=--import=…).
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron'
      ? { url: new URL('./electron-stub.ts', import.meta.url).href, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
