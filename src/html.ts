import { html as template, raw as unescaped } from 'hono/html';

/**
 * HTML or SVG. It is no string, so that none goes where text is expected, or text where HTML is, without it being said:
 * `String(html)` is what is written into a file.
 */
export interface Html {
  readonly isEscaped: true;
  toString(): string;
}

/** Text is escaped, `false` and `undefined` leave nothing, several follow one another; a promise has to be awaited before. */
export type HtmlPart = Html | string | number | false | undefined | readonly HtmlPart[];

/** A template literal: `` html`<td>${text}</td>` ``. All that is put into it is escaped but HTML itself. */
export const html = template as (strings: TemplateStringsArray, ...parts: HtmlPart[]) => Html;

/** @param text HTML already, such as a style sheet, a script or a drawing of Plotly's. */
export const raw: (text: string) => Html = unescaped;

/** @returns the pieces one after the other, with the separator between two. */
export function joinHtml(pieces: readonly HtmlPart[], separator: string | Html = '\n'): Html {
  return html`${pieces.flatMap((piece, index) => (index > 0 ? [separator, piece] : [piece]))}`;
}
