import { expect, test } from 'bun:test';
import { plainValue } from '../../src/configuration/sourced';
import { parseYaml } from '../../src/configuration/yaml-source';
import { messageOf } from '../experiment/project-folder';

const parse = (text: string) => plainValue(parseYaml(text, 'a.yaml'));

test('scalars, lists, objects and aliases come out as YAML 1.2 reads them', () => {
  expect(parse('a: 1\nb: &list [yes, 0.5, null]\nc: { d: *list, e: true }\n')).toEqual({
    a: 1,
    b: ['yes', 0.5, null],
    c: { d: ['yes', 0.5, null], e: true },
  });
});

test('syntax errors are reported with their lines, all of them', () => {
  expect(messageOf(() => parse('a: 1\na: 2\nb: [\n'))).toMatch(
    /^2 problems:\n {2}a.yaml:2:1: .*unique.*\n {2}a.yaml:4:1: /,
  );
});

test('custom tags, several documents and unknown aliases are refused', () => {
  expect(messageOf(() => parse('a: !env HOME\n'))).toStartWith('a.yaml:1:4: tags are not allowed');
  expect(messageOf(() => parse('a: 1\n---\nb: 2\n'))).toStartWith(
    'a.yaml:2:1: a second document begins here (---), expected one',
  );
  expect(messageOf(() => parse('a: *nowhere\n'))).toStartWith('a.yaml:1:1: the alias *nowhere has no anchor');
});

test('an alias within its own value is stopped', () => {
  expect(messageOf(() => parse('a: &a [*a]\n'))).toStartWith('a.yaml:1:');
});

test('aliases that multiply are stopped', () => {
  // Nine levels of nine: 9^9 values from ten lines.
  const lines = ['a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]'];
  for (let level = 1; level < 9; level++) {
    lines.push(
      `a${level}: &a${level} [${Array(9)
        .fill(`*a${level - 1}`)
        .join(', ')}]`,
    );
  }
  expect(messageOf(() => parse(lines.join('\n')))).toContain('more than 10000 values');
});

test('a long list that is written out is no mistake', () => {
  const names = Array.from({ length: 20_000 }, (_, index) => `scene${index}`);
  expect(parse(`a: [${names.join(', ')}]`)).toEqual({ a: names });
});

test('<< brings in the keys of others; what stands beside it wins, then the first of a list', () => {
  expect(
    parse(`
small: &small { epochs: 3, batchSize: 4 }
quick: &quick { epochs: 1, compile: false }
one: { <<: *small, batchSize: 8 }
both: { <<: [*small, *quick] }
quoted: { "<<": 1 }
`),
  ).toMatchObject({
    one: { epochs: 3, batchSize: 8 },
    both: { epochs: 3, batchSize: 4, compile: false },
    quoted: { '<<': 1 },
  });
  expect(messageOf(() => parse('a: &a 1\nb: { <<: *a }\n'))).toStartWith(
    'a.yaml:2:6: <<: expected an alias of keys and values (*name)',
  );
});

test('a key named like an object prototype is a key like others', () => {
  const value = parse('__proto__: { polluted: true }\n') as object;
  expect(Object.keys(value)).toEqual(['__proto__']);
  expect('polluted' in {}).toBe(false);
});
