// A note and tags on the session or on one trade; kept when the field is left or Save is pressed.
import { useEffect, useState } from 'react';
import { useText } from '../i18n/translate.ts';
import { Block } from '../ui/parts.tsx';
import { parseTags } from './forms.ts';
import { annotate, useReview } from './store.ts';

export function NoteForm({ trade }: { readonly trade: string | null }): React.JSX.Element {
  const t = useText();
  const known = useReview((state) => state.detail?.notes.find((note) => note.trade === trade));
  const key = useReview((state) => state.key);
  const [text, setText] = useState('');
  const [tags, setTags] = useState('');
  useEffect(() => {
    setText(known?.text ?? '');
    setTags((known?.tags ?? []).map((tag) => `#${tag}`).join(' '));
  }, [known, key, trade]);
  const isChanged = text !== (known?.text ?? '') || parseTags(tags).join(' ') !== (known?.tags ?? []).join(' ');
  return (
    <Block title={trade === null ? t('review.sessionNote') : t('review.tradeNote')}>
      <form
        className="note-form"
        onSubmit={(event) => {
          event.preventDefault();
          void annotate(trade, text, parseTags(tags));
        }}
      >
        <textarea
          value={text}
          rows={2}
          maxLength={10_000}
          aria-label={t('review.note')}
          placeholder={t('review.notePlaceholder')}
          onChange={(event) => setText(event.target.value)}
        />
        <input value={tags} aria-label={t('review.tags')} placeholder={t('review.tagsPlaceholder')} onChange={(event) => setTags(event.target.value)} />
        <button type="submit" disabled={!isChanged}>
          {t('review.save')}
        </button>
      </form>
    </Block>
  );
}
