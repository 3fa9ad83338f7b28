// A table for many rows: only the visible ones exist, columns sort, rows open by click, Enter or Space and walk by arrow keys.
import { useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** CSS pixels. */
  readonly width: number;
  readonly align?: 'right';
  readonly hint?: string;
  readonly cell: (row: Row) => ReactNode;
  /** Given, the column can be sorted by it. */
  readonly sortBy?: (row: Row) => number | string;
  /** Text that takes what is left and ends in dots; `width` is the least it needs. */
  readonly isFlexible?: boolean;
  /** Stays in view while the table scrolls sideways; for actions, at the right end. */
  readonly isSticky?: boolean;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** What to show while there is no row: what will appear here and when. */
  readonly empty: ReactNode;
  readonly selectedKey?: string | null;
  readonly onOpen?: (row: Row) => void;
  readonly rowProps?: (row: Row) => Readonly<Record<`data-${string}`, string>> & { readonly className?: string };
  /** Called when the last row comes into view. */
  readonly onEnd?: () => void;
}

const ROW_HEIGHT = 25;

interface Sort {
  readonly id: string;
  readonly descending: boolean;
}

/** Rows in the chosen order; equal rows keep the order they came in. */
export function sortRows<Row>(rows: readonly Row[], column: Pick<Column<Row>, 'sortBy'> | undefined, descending: boolean): readonly Row[] {
  const value = column?.sortBy;
  if (value === undefined) return rows;
  return rows.toSorted((a, b) => {
    const left = value(a);
    const right = value(b);
    const order = left < right ? -1 : left > right ? 1 : 0;
    return descending ? -order : order;
  });
}

function moveFocus(event: React.KeyboardEvent<HTMLTableRowElement>): void {
  const step = event.key === 'ArrowDown' ? 'nextElementSibling' : event.key === 'ArrowUp' ? 'previousElementSibling' : null;
  if (step === null) return;
  event.preventDefault();
  const next = event.currentTarget[step];
  if (next instanceof HTMLElement && next.hasAttribute('tabindex')) next.focus();
}

/** Marks a scroller that has more to its right, so that the style sheet fades that edge: half a number must not be read as a whole one. */
function useRightEdge(scroller: React.RefObject<HTMLDivElement | null>, width: number, isEmpty: boolean): void {
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const mark = (): void => void element.toggleAttribute('data-more', element.scrollWidth - element.clientWidth - element.scrollLeft > 1);
    const observer = new ResizeObserver(mark);
    observer.observe(element);
    element.addEventListener('scroll', mark, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', mark);
    };
  }, [scroller, width, isEmpty]);
}

export function DataTable<Row>(props: DataTableProps<Row>): React.JSX.Element {
  const { label, columns, rows, rowKey, empty, selectedKey, onOpen, rowProps, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [sort, setSort] = useState<Sort | null>(null);
  // One row is in the Tab order; the arrow keys walk on from there.
  const [focusKey, setFocusKey] = useState<string | null>(null);
  const sorted = useMemo(
    () =>
      sort === null
        ? rows
        : sortRows(
            rows,
            columns.find((column) => column.id === sort.id),
            sort.descending,
          ),
    [rows, sort, columns],
  );
  const virtual = useVirtualizer({
    count: sorted.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    // Tests and the first render have no size yet; a few rows are better than none.
    initialRect: { width: 800, height: 400 },
    onChange: (instance) => {
      const last = instance.getVirtualItems().at(-1);
      if (last !== undefined && sorted.length > 0 && last.index >= sorted.length - 1) onEnd?.();
    },
  });
  const items = virtual.getVirtualItems();
  const before = items[0]?.start ?? 0;
  const after = virtual.getTotalSize() - (items.at(-1)?.end ?? 0);
  const shown = items.map((item) => sorted[item.index]).filter((row) => row !== undefined);
  const tabKey = shown.some((row) => rowKey(row) === focusKey) ? focusKey : shown[0] === undefined ? null : rowKey(shown[0]);
  const width = columns.reduce((sum, column) => sum + column.width, 0);
  useRightEdge(scroller, width, rows.length === 0);
  if (rows.length === 0) return <div className="empty">{empty}</div>;
  return (
    <div className="table-scroll" ref={scroller} tabIndex={onOpen === undefined ? 0 : -1} role="region" aria-label={label}>
      <table className="grid" aria-label={label} aria-rowcount={rows.length + 1} style={{ minWidth: width }}>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={column.isFlexible === true ? undefined : { width: column.width }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {before > 0 ? <tr className="filler" aria-hidden style={{ height: before }} /> : null}
          {items.map((item) => {
            const row = sorted[item.index];
            if (row === undefined) return null;
            const key = rowKey(row);
            const { className, ...attributes } = rowProps?.(row) ?? {};
            return (
              <tr
                key={key}
                {...attributes}
                className={`${className ?? ''} ${selectedKey === key ? 'selected' : ''}`}
                aria-selected={selectedKey === undefined ? undefined : selectedKey === key}
                aria-rowindex={item.index + 2}
                tabIndex={onOpen === undefined ? undefined : key === tabKey ? 0 : -1}
                onFocus={() => setFocusKey(key)}
                onClick={() => onOpen?.(row)}
                onKeyDown={(event) => {
                  if (event.target !== event.currentTarget) return;
                  if (event.key === 'Enter' || event.key === ' ') {
                    event.preventDefault();
                    onOpen?.(row);
                  } else moveFocus(event);
                }}
              >
                {columns.map((column) => (
                  <td
                    key={column.id}
                    className={`${column.align === 'right' ? 'right num' : ''} ${column.isFlexible === true ? 'text' : ''} ${column.isSticky === true ? 'actions' : ''}`}
                    onClick={column.isSticky === true ? (event) => event.stopPropagation() : undefined}
                  >
                    {column.cell(row)}
                  </td>
                ))}
              </tr>
            );
          })}
          {after > 0 ? <tr className="filler" aria-hidden style={{ height: after }} /> : null}
        </tbody>
      </table>
    </div>
  );
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
}: {
  readonly column: Column<Row>;
  readonly sort: Sort | null;
  readonly onSort: (sort: Sort | null) => void;
}): React.JSX.Element {
  const isSorted = sort?.id === column.id;
  const className = `${column.align === 'right' ? 'right' : ''} ${column.isSticky === true ? 'actions' : ''}`;
  if (column.sortBy === undefined)
    return (
      <th scope="col" className={className} title={column.hint}>
        {column.title === '' ? <span className="visually-hidden">{column.hint}</span> : column.title}
      </th>
    );
  // First descending, then ascending, then back to the table's own order.
  const next: Sort | null = !isSorted ? { id: column.id, descending: true } : sort.descending ? { id: column.id, descending: false } : null;
  return (
    <th scope="col" className={className} aria-sort={isSorted ? (sort.descending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" title={column.hint} onClick={() => onSort(next)}>
        {column.title}
        {isSorted ? (sort.descending ? ' ↓' : ' ↑') : ''}
      </button>
    </th>
  );
}
