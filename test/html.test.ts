import { expect, test } from 'bun:test';
import { html, joinHtml, raw } from '../src/html';

test('text is escaped, also between quotes; HTML stays as it is', () => {
  const cell = html`<td title="${'"A" & \'B\''}">${'<b>'}</td>`;
  expect(String(cell)).toBe('<td title="&quot;A&quot; &amp; &#39;B&#39;">&lt;b&gt;</td>');
  expect(String(html`<tr>${cell}${raw('<td/>')}</tr>`)).toBe(`<tr>${cell}<td/></tr>`);
});

test('what is absent leaves nothing, zero is shown, several follow one another', () => {
  expect(String(html`<p>${undefined}${false}${''}${0}${['a', html`<br>`, ['<']]}</p>`)).toBe('<p>0a<br>&lt;</p>');
});

test('pieces are joined by what stands between them', () => {
  expect(String(joinHtml([html`<i>`, '<'], ' & '))).toBe('<i> &amp; &lt;');
  expect(String(joinHtml(['a', 'b', 'c'], html`<br>`))).toBe('a<br>b<br>c');
  expect(String(joinHtml([]))).toBe('');
});
