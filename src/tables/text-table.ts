import { stripVTControlCharacters } from 'node:util';
import type { Table } from './tables';

/** Columns that a text takes on a console; the codes that colour it take none. */
const width = (text: string) => stripVTControlCharacters(text).length;

/** @returns the table as it is read on a console: columns aligned, two spaces between them, no lines. */
export function toText({ header, rows, text }: Table): string {
  const widths = header.map((title, column) => Math.max(width(title), ...rows.map((row) => width(row[column]))));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => {
        const space = ' '.repeat(widths[column] - width(cell));
        return text.includes(column) ? cell + space : space + cell;
      })
      .join('  ')
      .trimEnd();
  return [header, ...rows].map((row) => `${line(row)}\n`).join('');
}
