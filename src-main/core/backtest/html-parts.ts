// What printable reports share: the page without scripts, links or fonts from elsewhere, tables, and how numbers look in them.
import type { Interval } from '../review/intervals.ts';

const STYLE = `body{font:14px/1.45 system-ui,sans-serif;max-width:960px;margin:24px auto;padding:0 16px;color:#1b1f24;background:#fff}
h1{font-size:22px;margin:0}h2{font-size:16px;margin:28px 0 8px;border-bottom:1px solid #d0d7de;padding-bottom:4px}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}td,th{padding:3px 8px;text-align:right;border-bottom:1px solid #eaeef2}
th{font-weight:600;background:#f6f8fa}td:first-child,th:first-child{text-align:left}.facts{columns:2}.facts p{margin:2px 0;break-inside:avoid}
.facts b{float:right}.bad,.alarm{color:#b42318}.warnings{color:#8a5a00}.good{color:#116329}svg{width:100%;height:auto}svg text{font-size:11px;fill:#57606a}
.grid{stroke:#d0d7de;stroke-width:1}.tick,.end{text-anchor:end}.middle{text-anchor:middle}.line{fill:none;stroke:#0969da;stroke-width:1.5}
.loss{fill:#f2b8b5;stroke:#b42318;stroke-width:1}rect.bad{fill:#d1716b}rect.good{fill:#4a9d5f}.trades td{font-size:12px}
@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}`;

/** A whole document; the title is escaped, the body is markup. */
export function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><style>${STYLE}</style>\n${body}</html>\n`;
}

/** Named values in two columns; both are markup. */
export function facts(rows: readonly (readonly [string, string])[]): string {
  return `<div class="facts">${rows.map(([name, value]) => `<p>${name} <b>${value}</b></p>`).join('')}</div>`;
}

export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = heads.map((cell) => `<th>${escape(cell)}</th>`).join('');
  return `<table><tr>${head}</tr>${rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('')}</table>`;
}

export function number(value: number): string {
  return Number.isFinite(value) ? value.toLocaleString('en', { maximumFractionDigits: 2, minimumFractionDigits: 2 }) : value === Infinity ? '∞' : '–';
}

export function percent(share: number): string {
  return Number.isFinite(share) ? `${(share * 100).toFixed(1)} %` : '–';
}

export function interval({ low, high }: Interval, format: (value: number) => string): string {
  return Number.isFinite(low) ? `[${format(low)}, ${format(high)}]` : '';
}

export function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
