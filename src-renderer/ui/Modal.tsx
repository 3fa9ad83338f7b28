// A dialog that takes the focus, gives it back and closes on Escape.
import { useEffect, useRef, type ReactNode } from 'react';

export function Modal({
  title,
  onClose,
  children,
  wide,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
  readonly wide?: boolean;
}): React.JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    box.current?.querySelector<HTMLElement>('input, select, button, [tabindex]')?.focus();
    const keys = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') onClose();
      if (event.key !== 'Tab' || box.current === null) return;
      const stops = [...box.current.querySelectorAll<HTMLElement>('input, select, button:not(:disabled)')];
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
      if (before instanceof HTMLElement) before.focus();
    };
  }, [onClose]);
  return (
    <div className="backdrop" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div className={`dialog ${wide === true ? 'wide' : ''}`} role="dialog" aria-modal="true" aria-label={title} ref={box}>
        <h2>{title}</h2>
        {children}
      </div>
    </div>
  );
}
