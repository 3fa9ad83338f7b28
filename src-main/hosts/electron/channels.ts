// The names of the IPC channels between window and engine; nothing else passes.
export const CHANNELS = {
  /** A page is there and wants a link. */
  open: 'terminal:open',
  toEngine: 'terminal:to-engine',
  toScreen: 'terminal:to-screen',
  closed: 'terminal:closed',
} as const;
