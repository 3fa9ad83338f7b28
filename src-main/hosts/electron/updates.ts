// Updates: looks for signed releases on the chosen channel, downloads them, and leaves installing to a person and a safe moment.
import type { Logger } from '../../core/ports.ts';
import type { Settings } from '../../../src-shared/contract/settings.ts';
import { verifyRelease } from './release-signature.ts';

type UpdateEvent = 'update-available' | 'update-not-available' | 'update-downloaded' | 'error';

/** The used part of electron-updater's `AppUpdater`. */
export interface UpdaterCalls {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  allowDowngrade: boolean;
  allowPrerelease: boolean;
  disableWebInstaller: boolean;
  channel: string | null;
  logger: unknown;
  on(event: UpdateEvent, listener: (detail: unknown) => void): unknown;
  checkForUpdates(): Promise<unknown>;
  downloadUpdate(): Promise<unknown>;
  quitAndInstall(isSilent: boolean, isForceRunAfter: boolean): void;
}

/** Where releases come from and whose they are; or why this build does not update itself. */
export type ReleaseFeed =
  | { readonly kind: 'feed'; readonly updater: UpdaterCalls; readonly publicKey: string }
  | { readonly kind: 'none'; readonly why: string };

export type UpdateState =
  | { readonly kind: 'off'; readonly why: string }
  | { readonly kind: 'current' | 'checking' }
  | { readonly kind: 'downloading' | 'ready'; readonly version: string }
  | { readonly kind: 'failed'; readonly why: string };

export interface UpdatesOptions {
  readonly feed: ReleaseFeed;
  readonly logger: Logger;
  readonly onChange: (state: UpdateState) => void;
}

export interface Updates {
  state(): UpdateState;
  /** The channel a person chose; a change looks again at once. */
  follow(channel: Settings['updateChannel']): void;
  /** Looks now. Does nothing while it is looking, downloading, off, or has one ready. */
  check(): void;
  /** Ends the app and installs. Only after the engine has stopped. */
  install(): void;
  close(): void;
}

const CHANNELS = { stable: 'latest', beta: 'beta' } as const;
const EVERY_MS = 6 * 3_600_000;

/** Nothing is installed by itself: not at a quit, not at a start. */
export function createUpdates({ feed, logger, onChange }: UpdatesOptions): Updates {
  let state: UpdateState = feed.kind === 'none' ? { kind: 'off', why: feed.why } : { kind: 'off', why: 'Updates are switched off.' };
  let channel: Settings['updateChannel'] = 'off';
  let timer: NodeJS.Timeout | null = null;
  const move = (next: UpdateState): void => {
    state = next;
    onChange(next);
  };
  const fail = (why: string): void => {
    logger.log('warn', 'updates', why);
    move({ kind: 'failed', why });
  };
  const check = (): void => {
    if (feed.kind === 'none' || channel === 'off' || (state.kind !== 'current' && state.kind !== 'failed' && state.kind !== 'off')) return;
    move({ kind: 'checking' });
    // A failure also comes as an event; an answer to a look nobody waits for any more is ignored there.
    void feed.updater.checkForUpdates().catch(() => undefined);
  };
  if (feed.kind === 'feed') configure(feed.updater);

  function configure(updater: UpdaterCalls): void {
    Object.assign(updater, { autoDownload: false, autoInstallOnAppQuit: false, allowDowngrade: false, disableWebInstaller: true, logger: null });
    updater.on('update-not-available', () => void (state.kind === 'checking' && move({ kind: 'current' })));
    updater.on('error', (failure) => {
      if (state.kind !== 'checking' && state.kind !== 'downloading') return;
      fail(`The update could not be fetched (${firstLine(failure)}). The terminal goes on as it is and looks again later.`);
    });
    updater.on('update-available', (found) => {
      if (state.kind !== 'checking' || feed.kind === 'none') return;
      const release = verifyRelease(found, feed.publicKey);
      if (!release.ok) return fail(release.error.uiMessage);
      logger.log('info', 'updates', `Version ${release.value.version} is there and signed; it is downloaded.`);
      move({ kind: 'downloading', version: release.value.version });
      void updater.downloadUpdate().catch(() => undefined);
    });
    updater.on('update-downloaded', () => {
      if (state.kind !== 'downloading') return;
      logger.log('info', 'updates', `Version ${state.version} is ready. It is installed when you choose "Restart to update".`);
      move({ kind: 'ready', version: state.version });
    });
  }

  return {
    state: () => state,
    follow: (wanted) => {
      if (feed.kind === 'none' || wanted === channel) return;
      channel = wanted;
      if (timer !== null) clearInterval(timer);
      timer = null;
      if (wanted === 'off') {
        if (state.kind !== 'ready') move({ kind: 'off', why: 'Updates are switched off.' });
        return;
      }
      feed.updater.channel = CHANNELS[wanted];
      feed.updater.allowPrerelease = wanted === 'beta';
      // The library allows going back when the channel changes; an old version must never be brought in as a new one.
      feed.updater.allowDowngrade = false;
      timer = setInterval(check, EVERY_MS);
      timer.unref();
      check();
    },
    check,
    install: () => {
      if (feed.kind === 'feed' && state.kind === 'ready') feed.updater.quitAndInstall(false, true);
    },
    close: () => {
      if (timer !== null) clearInterval(timer);
      timer = null;
    },
  };
}

function firstLine(failure: unknown): string {
  return (failure instanceof Error ? failure.message : String(failure)).split('\n')[0]?.slice(0, 200) ?? '';
}
