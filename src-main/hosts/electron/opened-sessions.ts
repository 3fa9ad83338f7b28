// Sessions in and out of the desktop app: exports the running one, shows what a link or a file holds, and keeps a copy if the person wants it.
import { join } from 'node:path';
import { assertNever } from '../../../src-shared/kernel/result.ts';
import type { Logger } from '../../core/ports.ts';
import { describeSession, readSessionCard } from '../session-file.ts';
import { workOnSessionFile } from '../session-file-thread.ts';
import type { DesktopCalls } from './desktop-calls.ts';
import type { Opened } from './opened.ts';

export interface SessionDeskParts {
  readonly dataDir: string;
  /** Of the mode that runs now; it may change. */
  readonly journalFile: () => string;
  readonly dialog: DesktopCalls['dialog'];
  readonly openFolder: DesktopCalls['openFolder'];
  readonly logger: Logger;
}

export interface SessionDesk {
  open(opened: Opened): Promise<void>;
  exportNewest(): void;
}

const TITLE = 'Perpetual Terminal';

/** One thing at a time: a page that fires links in a loop gets one dialog, not a thousand. */
export function createSessionDesk({ dataDir, journalFile, dialog, openFolder, logger }: SessionDeskParts): SessionDesk {
  let isBusy = false;
  const show = async (opened: Opened): Promise<void> => {
    const card = opened.kind === 'link' ? readSessionCard(journalFile(), opened.session) : readSessionCard(opened.path, null);
    if (!card.ok) {
      logger.log('warn', 'sessions', `A session could not be opened: ${card.error}`);
      return dialog.showMessage(TITLE, card.error);
    }
    const text = describeSession(card.value);
    switch (opened.kind) {
      case 'link':
        return dialog.showMessage(TITLE, text);
      case 'file': {
        const choice = await dialog.ask({ title: TITLE, message: 'An exported session', detail: text, buttons: ['Add to Review', 'Close'], cancelId: 1 });
        if (choice !== 0) return;
        const kept = await workOnSessionFile(dataDir, { kind: 'import', path: opened.path });
        logger.log(kept.ok ? 'info' : 'warn', 'sessions', kept.ok ? `Kept ${kept.value.file}.` : kept.error);
        if (!kept.ok) return dialog.showMessage(TITLE, kept.error);
        return dialog.showMessage(TITLE, 'The session is kept. It is in the Review layout under Sessions, marked as imported.');
      }
      default:
        assertNever(opened);
    }
  };
  return {
    open: async (opened) => {
      if (isBusy) return;
      isBusy = true;
      await show(opened).finally(() => void (isBusy = false));
    },
    exportNewest: () => {
      const folder = join(dataDir, 'exports');
      void workOnSessionFile(dataDir, { kind: 'export', journal: journalFile(), folder }).then((exported) => {
        logger.log(exported.ok ? 'info' : 'warn', 'sessions', exported.ok ? `Exported ${exported.value.file}.` : exported.error);
        if (exported.ok) void openFolder(folder);
        else void dialog.showMessage(TITLE, exported.error);
      });
    },
  };
}
