// How long cycles take, how much of the API budget is used, and what is on disk with its copies.
import { useState } from 'react';
import type { CycleHistogram, StoredFile } from '../../src-shared/contract/system.ts';
import { useText } from '../i18n/translate.ts';
import { usePolled } from '../state/polled.ts';
import { askHost } from '../state/send.ts';
import { useScreen } from '../state/store.ts';
import { formatMoment, numberText } from '../ui/format.ts';
import { Block, Meter } from '../ui/parts.tsx';

const ASK_MS = 3000;

export function Storage(): React.JSX.Element {
  const t = useText();
  const { answer: view } = usePolled('system', ASK_MS);
  const health = useScreen((state) => state.snapshot?.health);
  if (view === undefined || health === undefined) return <p className="empty">{t('state.loading')}</p>;
  return (
    <div className="scroll" tabIndex={0} role="region" aria-label={t('panel.storage')} data-testid="storage">
      <Block title={t('storage.budget')}>
        <Meter
          label={t('check.weight')}
          share={health.weightLimit === 0 ? 0 : health.weightUsed / health.weightLimit}
          text={t('storage.weight', { used: health.weightUsed, limit: health.weightLimit })}
        />
      </Block>
      <Block title={t('storage.liveCycles')} note={figures(t, view.liveCycles)}>
        <Histogram histogram={view.liveCycles} />
      </Block>
      <Block title={t('storage.virtualCycles')} note={figures(t, view.virtualCycles)}>
        <Histogram histogram={view.virtualCycles} />
      </Block>
      <Block title={t('storage.files')} note={view.dataFolder}>
        <Files files={view.databases} />
        <h3>{t('storage.backups')}</h3>
        <div className="button-row">
          <BackUp />
        </div>
        {view.backups.length === 0 ? <p className="muted small-text">{t('storage.noBackups')}</p> : null}
        <Files files={view.backups} />
      </Block>
    </div>
  );
}

/** A copy now; the list shows it with the next answer. */
function BackUp(): React.JSX.Element {
  const t = useText();
  const [isBusy, setBusy] = useState(false);
  return (
    <button
      type="button"
      disabled={isBusy}
      title={t('storage.backUpHint')}
      data-testid="back-up"
      onClick={() => {
        setBusy(true);
        void askHost((rpc) => rpc.call('backUp', null)).finally(() => setBusy(false));
      }}
    >
      {t(isBusy ? 'storage.backingUp' : 'storage.backUp')}
    </button>
  );
}

function figures(t: ReturnType<typeof useText>, { p50Ms, p99Ms }: CycleHistogram): string {
  return p50Ms === null || p99Ms === null ? t('storage.noCycles') : t('storage.percentiles', { p50: p50Ms, p99: p99Ms });
}

function Histogram({ histogram }: { readonly histogram: CycleHistogram }): React.JSX.Element {
  const { boundsMs, counts } = histogram;
  const most = Math.max(1, ...counts);
  return (
    <div className="histogram" role="list">
      {counts.map((count, index) => {
        const bound = boundsMs[index];
        const label = bound === undefined ? `> ${boundsMs.at(-1) ?? 0} ms` : `≤ ${bound} ms`;
        return (
          <div key={label} role="listitem" title={`${label}: ${count}`}>
            <span className="num">{count === 0 ? '' : count}</span>
            <i style={{ height: `${(count / most) * 100}%` }} aria-hidden />
            <small className="num muted">{bound === undefined ? `>${boundsMs.at(-1) ?? 0}` : bound}</small>
          </div>
        );
      })}
    </div>
  );
}

function Files({ files }: { readonly files: readonly StoredFile[] }): React.JSX.Element {
  return (
    <ul className="alarm-list">
      {files.map(({ name, bytes, changedAt }) => (
        <li key={name}>
          <span>{name}</span>
          <span className="num muted">
            {numberText(bytes / 2 ** 20, 1)} MB · {formatMoment(changedAt)}
          </span>
        </li>
      ))}
    </ul>
  );
}
