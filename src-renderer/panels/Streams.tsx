// Every connection to the exchange: open or not, how silent, how often it was lost and why the last time.
import type { StreamView } from '../../src-shared/contract/system.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText } from '../i18n/translate.ts';
import { usePolled } from '../state/polled.ts';
import { formatAge, NO_VALUE } from '../ui/format.ts';
import { Block } from '../ui/parts.tsx';

const ASK_MS = 2000;

export function Streams(): React.JSX.Element | null {
  const t = useText();
  const { answer } = usePolled('system', ASK_MS);
  const streams = answer?.streams;
  if (streams === undefined) return null;
  return (
    <Block title={t('streams.title')} note={t('streams.open', { open: streams.filter(({ isOpen }) => isOpen).length, all: streams.length })}>
      {streams.length === 0 ? <p className="muted small-text">{t('streams.none')}</p> : <Table streams={streams} />}
    </Block>
  );
}

function Table({ streams }: { readonly streams: readonly StreamView[] }): React.JSX.Element {
  const t = useText();
  const age = (milliseconds: number | null): string => (milliseconds === null ? NO_VALUE : formatAge(milliseconds));
  return (
    <table className="grid plain" data-testid="streams">
      <thead>
        <tr>
          <th scope="col">{t('streams.name')}</th>
          <th scope="col" className="right" title={t('streams.topicsHint')}>
            {t('streams.topics')}
          </th>
          <th scope="col" className="right">
            {t('streams.since')}
          </th>
          <th scope="col" className="right" title={t('streams.silentHint')}>
            {t('streams.silent')}
          </th>
          <th scope="col" className="right" title={t('streams.lostHint')}>
            {t('streams.lost')}
          </th>
        </tr>
      </thead>
      <tbody>
        {streams.map((stream, index) => (
          // Two connections may carry one name after a change of the markets.
          // oxlint-disable-next-line react/no-array-index-key
          <tr key={`${stream.name} ${index}`} title={stream.lastDrop === null ? undefined : t('streams.why', { why: inWords(stream.lastDrop) })}>
            <td>
              <i className={stream.isOpen ? 'up' : 'down'} aria-hidden>
                {stream.isOpen ? '✓' : '✕'}
              </i>{' '}
              {inWords(stream.name)} <span className="visually-hidden">{t(stream.isOpen ? 'streams.isOpen' : 'streams.isDown')}</span>
            </td>
            <td className="right num muted">{stream.topics === 0 ? NO_VALUE : stream.topics}</td>
            <td className="right num">{age(stream.openMs)}</td>
            <td className="right num">{age(stream.silentMs)}</td>
            <td className={`right num ${stream.reconnections === 0 ? 'muted' : 'warn-text'}`}>{stream.reconnections}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
