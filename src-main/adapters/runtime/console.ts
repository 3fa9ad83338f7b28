// The console may go away while the terminal runs (a closed pipe, a closed window): what was meant for it is lost, and nothing else.

interface ConsoleStream {
  on(event: 'error', listener: (failure: Error) => void): unknown;
}

/** Called once, before anything is printed: without it Node ends the process at the first line that nobody reads any more (EPIPE, EIO). */
export function outliveConsole(streams: readonly ConsoleStream[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}
