import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { DISPLAY, type MimeBundle } from '../display';
import { type Html, html, joinHtml } from '../html';

/** Rows of a table that are shown. */
const ROWS = 200;
/** Values of a typed array that are printed: pixels and weights come by the thousand. */
const TYPED_VALUES = 12;

/** How the value of a cell is shown. */
export async function bundleOf(value: unknown): Promise<MimeBundle> {
  const display = isObject(value) ? (value as { [DISPLAY]?: unknown })[DISPLAY] : undefined;
  if (typeof display === 'function') return display.call(value);
  return { 'text/plain': typeof value === 'string' ? value : inspect(value) };
}

/** `console.table` shows an HTML table, with Node's own as its text. */
export function showTablesAsHtml(show: (bundle: MimeBundle) => void): void {
  console.table = (data: unknown, columns?: readonly string[]) => {
    if (!isObject(data)) console.log(data);
    else show({ 'text/plain': tableText(data, columns), 'text/html': String(tableHtml(data, columns)) });
  };
}

/** Typed arrays are printed with their first values alone, also within other values. */
export function shortenTypedArrays(): void {
  Object.defineProperty(Object.getPrototypeOf(Uint8Array.prototype), inspect.custom, {
    configurable: true,
    writable: true,
    value(_depth: number, options: object) {
      return inspect(this, { ...options, customInspect: false, maxArrayLength: TYPED_VALUES });
    },
  });
}

function tableText(data: object, columns?: readonly string[]): string {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  new Console({ stdout }).table(data, columns);
  return text;
}

/** A row for each entry and a column for each of their keys; the entries' own keys stand in front where they are names. */
function tableHtml(data: object, columns?: readonly string[]): Html {
  const entries = data instanceof Map || data instanceof Set ? [...data.entries()] : Object.entries(data);
  const shown = entries.slice(0, ROWS);
  const keys = [...(columns ?? new Set(shown.flatMap(([, row]) => (isObject(row) ? Object.keys(row) : []))))];
  const hasPlain = shown.some(([, row]) => !isObject(row));
  const cells = shown.map(([, row]) => [
    ...keys.map((key) => (isObject(row) && key in row ? cellText((row as Record<string, unknown>)[key]) : '')),
    ...(hasPlain ? [isObject(row) ? '' : cellText(row)] : []),
  ]);
  const names = Array.isArray(data) || data instanceof Set ? undefined : shown.map(([name]) => cellText(name));
  const header = [...keys, ...(hasPlain ? [''] : [])];
  const style = header.map(
    (_, column) => html` style="text-align:${cells.every((row) => isNumber(row[column])) ? 'right' : 'left'}"`,
  );
  const head = header.map((title, column) => html`<th scope="col"${style[column]}>${title}</th>`);
  const body = cells.map((row, index) => {
    const name = names && html`<th scope="row" style="text-align:left">${names[index]}</th>`;
    return html`<tr>${name}${row.map((cell, column) => html`<td${style[column]}>${cell}</td>`)}</tr>`;
  });
  const more = entries.length > ROWS && html`<p>${entries.length - ROWS} more rows</p>`;
  return html`<table>\n<thead><tr>${names && html`<td></td>`}${head}</tr></thead>\n<tbody>\n${joinHtml(body)}\n</tbody>\n</table>${more}\n`;
}

function cellText(value: unknown): string {
  return typeof value === 'string' ? value : inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY });
}

/** Also where it is written with a unit or a deviation, as in `0.61 ± 0.02`. */
function isNumber(text: string): boolean {
  return /^(|–|[-−+]?\d[\d\s.,e+\-±%]*)$/.test(text);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
