// Says that what a dialog was about is no longer there.
import { useText } from '../i18n/translate.ts';
import { Modal } from '../ui/Modal.tsx';

export function GoneDialog({ title, text, onClose }: { readonly title: string; readonly text: string; readonly onClose: () => void }): React.JSX.Element {
  const t = useText();
  return (
    <Modal title={title} onClose={onClose}>
      <p>{text}</p>
      <div className="button-row">
        <button type="button" onClick={onClose}>
          {t('dialog.ok')}
        </button>
      </div>
    </Modal>
  );
}
