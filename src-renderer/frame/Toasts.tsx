// The corner with short messages; one that can be undone says so.
import { useText } from '../i18n/translate.ts';
import { dismissToast, useToasts } from '../state/toasts.ts';

export function Toasts(): React.JSX.Element {
  const t = useText();
  const toasts = useToasts((state) => state.toasts);
  return (
    <div className="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={`toast ${toast.tone}`}>
          <span>{toast.text}</span>
          {toast.undo === null ? null : (
            <button
              type="button"
              onClick={() => {
                toast.undo?.();
                dismissToast(toast.id);
              }}
            >
              {t('toast.undo')}
            </button>
          )}
          <button type="button" className="icon-button" aria-label={t('toast.dismiss')} onClick={() => dismissToast(toast.id)}>
            ×
          </button>
        </div>
      ))}
    </div>
  );
}
