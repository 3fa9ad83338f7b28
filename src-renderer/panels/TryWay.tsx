// Tries a way to the exchange at a person's wish: requests, streams, clock, exit address; in words.
import { useState } from 'react';
import type { Diagnosis } from '../../src-shared/contract/diagnosis.ts';
import type { RpcClient } from '../../src-shared/contract/rpc.ts';
import { currentRpc } from '../connect.ts';
import { inWords } from '../i18n/sentences.ts';
import { useText } from '../i18n/translate.ts';

type State =
  | { readonly kind: 'idle' | 'trying' }
  | { readonly kind: 'failed'; readonly text: string }
  | { readonly kind: 'tried'; readonly diagnosis: Diagnosis | null };

export function TryWay({ ask }: { readonly ask: (rpc: RpcClient) => Promise<Diagnosis | null> }): React.JSX.Element {
  const t = useText();
  const [state, setState] = useState<State>({ kind: 'idle' });
  const tryNow = (): void => {
    const rpc = currentRpc();
    if (rpc === null) return setState({ kind: 'failed', text: t('connection.noAnswer') });
    setState({ kind: 'trying' });
    ask(rpc).then(
      (diagnosis) => setState({ kind: 'tried', diagnosis }),
      (failure: unknown) => setState({ kind: 'failed', text: failure instanceof Error ? inWords(failure.message) : t('connection.noAnswer') }),
    );
  };
  return (
    <>
      <div className="button-row">
        <button type="button" disabled={state.kind === 'trying'} onClick={tryNow}>
          {t(state.kind === 'trying' ? 'connection.trying' : 'connection.tryNow')}
        </button>
        {state.kind === 'failed' ? (
          <span className="bad-text" role="alert">
            {state.text}
          </span>
        ) : null}
      </div>
      {state.kind === 'tried' ? <Answer diagnosis={state.diagnosis} /> : null}
    </>
  );
}

function Answer({ diagnosis }: { readonly diagnosis: Diagnosis | null }): React.JSX.Element {
  const t = useText();
  if (diagnosis === null) return <p className="muted small-text">{t('connection.nothingToReach')}</p>;
  return (
    <ul className="checks" data-testid="diagnosis" role="status">
      {diagnosis.places.map((place) => (
        <Tried
          key={place.side}
          isFine={place.requestsWork && place.streamsWork}
          name={`${t(`connection.side.${place.side}`)} ${place.host}`}
          sentence={place.sentence}
        />
      ))}
      <Tried isFine={diagnosis.exit.state === 'verified' || diagnosis.exit.state === 'not-needed'} name={t('check.exit')} sentence={diagnosis.exit.sentence} />
    </ul>
  );
}

function Tried({ isFine, name, sentence }: { readonly isFine: boolean; readonly name: string; readonly sentence: string }): React.JSX.Element {
  const t = useText();
  return (
    <li className={isFine ? 'check-ok' : 'check-bad'}>
      <i aria-hidden>{isFine ? '✓' : '✕'}</i>
      <span>
        <span className="visually-hidden">{t(isFine ? 'health.ok' : 'health.bad')}: </span>
        <strong>{name}</strong> {inWords(sentence)}
      </span>
    </li>
  );
}
