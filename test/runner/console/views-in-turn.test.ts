import { expect, test } from 'bun:test';
import { ViewsInTurn } from '../../../src/runner/console/views-in-turn';

test('the first run is shown as it goes, the others when their turn has come, each whole', () => {
  const shown: string[] = [];
  const views = new ViewsInTurn({ text: (_stream, text) => shown.push(text) });
  const [first, second, third] = [views.begin(), views.begin(), views.begin()];
  const tell = ({ view }: typeof first, text: string) => view.text?.('stdout', text);

  tell(first, 'a1');
  tell(second, 'b1');
  tell(third, 'c1');
  tell(first, 'a2');
  expect(shown).toEqual(['a1', 'a2']);
  third.end();
  expect(shown).toEqual(['a1', 'a2']);
  first.end();
  expect(shown).toEqual(['a1', 'a2', 'b1']);
  tell(second, 'b2');
  expect(shown).toEqual(['a1', 'a2', 'b1', 'b2']);
  second.end();
  expect(shown).toEqual(['a1', 'a2', 'b1', 'b2', 'c1']);
});

test('what nobody listens to is not asked for', () => {
  expect(new ViewsInTurn({}).begin().view).toEqual({});
});
