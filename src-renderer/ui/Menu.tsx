// A button that opens a small box of controls under it; Escape and a click elsewhere close it, the focus comes back.
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { createPortal } from 'react-dom';

export interface MenuProps {
  readonly label: ReactNode;
  readonly title?: string;
  readonly children: ReactNode;
}

interface Place {
  readonly left: number;
  /** One of the two: below the button, or above it when the button is in the lower half of the window. */
  readonly top?: number;
  readonly bottom?: number;
}

const WIDTH = 260;

export function Menu({ label, title, children }: MenuProps): React.JSX.Element {
  const [place, setPlace] = useState<Place | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const isOpen = place !== null;

  useEffect(() => {
    if (!isOpen) return undefined;
    box.current?.querySelector<HTMLElement>('input, button, select')?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      setPlace(null);
      button.current?.focus();
    };
    const onPointer = (event: PointerEvent): void => {
      const target = event.target as Node;
      if (box.current?.contains(target) !== true && button.current?.contains(target) !== true) setPlace(null);
    };
    window.addEventListener('keydown', onKey, true);
    window.addEventListener('pointerdown', onPointer, true);
    return () => {
      window.removeEventListener('keydown', onKey, true);
      window.removeEventListener('pointerdown', onPointer, true);
    };
  }, [isOpen]);

  const toggle = (): void => {
    const rectangle = button.current?.getBoundingClientRect();
    if (isOpen || rectangle === undefined) setPlace(null);
    else {
      const left = Math.max(4, Math.min(rectangle.left, window.innerWidth - WIDTH - 8));
      const isLow = rectangle.top > window.innerHeight / 2;
      setPlace(isLow ? { left, bottom: window.innerHeight - rectangle.top + 3 } : { left, top: rectangle.bottom + 3 });
    }
  };
  return (
    <>
      <button ref={button} type="button" className="menu-button" title={title} aria-haspopup="true" aria-expanded={isOpen} onClick={toggle}>
        {label} ▾
      </button>
      {place === null
        ? null
        : // Outside the panel, because panels clip what leaves them.
          createPortal(
            <div ref={box} className="menu" role="group" aria-label={typeof label === 'string' ? label : title} style={{ ...place, width: WIDTH }}>
              {children}
            </div>,
            document.body,
          )}
    </>
  );
}
