// Texts of the tabs: the panel's name, with a count where one is worth seeing from afar.
import { useEffect, type RefObject } from 'react';
import type { DockviewApi } from 'dockview-react';
import { isTerminal } from '../../src-shared/domain/order.ts';
import type { Snapshot } from '../../src-shared/contract/view.ts';
import { useLanguage } from '../i18n/language.ts';
import { translate } from '../i18n/translate.ts';
import { useScreen } from '../state/store.ts';
import { isPanelId, type PanelId } from './names.ts';

const COUNTS: Partial<Readonly<Record<PanelId, (snapshot: Snapshot) => number>>> = {
  positions: (snapshot) => Object.values(snapshot.positions).filter((view) => view.position.phase !== 'closed').length,
  virtual: (snapshot) => snapshot.virtual.open,
  orders: (snapshot) => Object.values(snapshot.orders).filter((order) => !isTerminal(order.status)).length,
};
const EVERY_MS = 500;

export function tabTitle(id: PanelId, snapshot: Snapshot | null): string {
  const count = COUNTS[id];
  return count === undefined || snapshot === null ? translate(`panel.${id}`) : `${translate(`panel.${id}`)} ${count(snapshot)}`;
}

/** Keeps the counts in the tabs current, twice a second. */
export function useTabTitles(api: RefObject<DockviewApi | null>): void {
  useEffect(() => {
    const write = (): void => {
      const { snapshot } = useScreen.getState();
      for (const panel of api.current?.panels ?? []) {
        if (!isPanelId(panel.id)) continue;
        const next = tabTitle(panel.id, snapshot);
        if (panel.title !== next) panel.api.setTitle(next);
      }
    };
    const timer = setInterval(write, EVERY_MS);
    const stop = useLanguage.subscribe(write);
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [api]);
}
