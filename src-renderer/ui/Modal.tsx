// A dialog that takes the focus, keeps it, gives it back and closes on Escape.
import { useEffect, useRef, type ReactNode } from 'react';

export interface ModalProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}

const FOCUSABLE = 'input:not(:disabled), select, textarea, button:not(:disabled), [tabindex="0"]';

export function Modal({ title, onClose, children, wide }: ModalProps): React.JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const latestClose = useRef(onClose);
  latestClose.current = onClose;
  useEffect(() => {
    const before = document.activeElement;
    const preferred = box.current?.querySelector<HTMLElement>('[data-autofocus]') ?? box.current?.querySelector<HTMLElement>(FOCUSABLE);
    preferred?.focus();
    const keys = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) latestClose.current();
      if (event.key !== 'Tab' || box.current === null) return;
      const stops = [...box.current.querySelectorAll<HTMLElement>(FOCUSABLE)];
      const first = stops[0];
      const last = stops.at(-1);
      if (event.shiftKey && document.activeElement === first) {
        event.preventDefault();
        last?.focus();
      } else if (!event.shiftKey && document.activeElement === last) {
        event.preventDefault();
        first?.focus();
      }
    };
    window.addEventListener('keydown', keys);
    return () => {
      window.removeEventListener('keydown', keys);
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <div className="backdrop" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div className={`dialog ${wide === true ? 'wide' : ''}`} role="dialog" aria-modal="true" aria-label={title} ref={box}>
        <h2>{title}</h2>
        {children}
      </div>
    </div>
  );
}
