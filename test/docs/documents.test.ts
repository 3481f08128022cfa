import { describe, expect, test } from 'bun:test';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { codeCells } from './notebook-cells';

const root = path.resolve(import.meta.dir, '..', '..');
const read = (file: string) => readFileSync(path.join(root, file), 'utf8');
const documents = [
  'README.md',
  'CONTRIBUTING.md',
  'src/tensorflow/README.md',
  'results/README.md',
  ...readdirSync(path.join(root, 'docs'))
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`),
];

test('the code shown is that of the example, and every example is shown', () => {
  const shown = [...read('docs/extending.md').matchAll(/<!-- (examples\/\S+) -->\n```(?:ts|yaml)\n(.*?)```\n/gs)];
  const examples = readdirSync(path.join(root, 'docs/examples')).map((file) => `examples/${file}`);
  expect(shown.map(([, file]) => file).sort()).toEqual(examples.sort());
  for (const [, file, code] of shown) {
    const text = read(`docs/${file}`);
    expect(code).toBe(file.endsWith('.ipynb') ? `${codeCells(text).join('\n\n')}\n` : text);
  }
});

describe.each(documents)('%s', (document) => {
  test('links lead somewhere', () => {
    const targets = [...read(document).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target.split('#')[0]);
    const local = targets.filter((target) => target !== '' && !/^https?:/.test(target));
    const gone = local.filter((target) => !existsSync(path.resolve(root, path.dirname(document), target)));
    expect(gone).toEqual([]);
  });

  test('experiments, notebooks and scripts that it names are there', () => {
    const text = read(document);
    const files = [...text.matchAll(/\b(?:experiments|notebooks|docs|src)\/[\w./-]+\.(?:yaml|ipynb|ts)\b/g)].map(
      ([file]) => file,
    );
    const gone = files.filter((file) => !existsSync(path.join(root, file)) && file !== 'src/data/kitti.ts');
    expect(gone).toEqual([]);
    expect(scriptsMissing(text)).toEqual([]);
  });

  test('commands and options that it names are there', () => {
    for (const [, command, rest] of read(document).matchAll(/\broadseg ([a-z][a-z-]*)([^\n`]*)/g)) {
      const known = helpOf(command);
      for (const [, option] of rest.split('#')[0].matchAll(/ (--[a-z-]+)/g))
        expect([command, known]).toEqual([command, expect.stringContaining(option)]);
    }
  });
});

test('scripts that messages and comments of the sources name are there', () => {
  const files = [...new Bun.Glob('src/**/*.{ts,mjs}').scanSync(root)];
  expect(files.flatMap((file) => scriptsMissing(read(file)).map((script) => `${file}: ${script}`))).toEqual([]);
});

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };

function scriptsMissing(text: string): string[] {
  const named = [...text.matchAll(/\b(?:npm|bun) run (?!roadseg)([\w:]+)/g)].map(([, script]) => script);
  return named.filter((script) => !scripts[script]);
}

const helps = new Map<string, string>();

/** Fails for a command that is not there. */
function helpOf(command: string): string {
  if (!helps.has(command)) {
    const { stdout, exitCode } = Bun.spawnSync([process.execPath, 'src/cli.ts', command, '--help'], { cwd: root });
    expect({ command, exitCode }).toEqual({ command, exitCode: 0 });
    helps.set(command, stdout.toString());
  }
  return helps.get(command)!;
}
