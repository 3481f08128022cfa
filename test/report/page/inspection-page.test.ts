import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';
import { parseHTML } from 'linkedom';
import sharp from 'sharp';
import { classSet } from '../../../src/data/classes';
import type { Dataset } from '../../../src/data/dataset';
import { type DataInspection, inspectDataset } from '../../../src/data/inspection/inspect-dataset';
import { openDataset } from '../../../src/data/open-dataset';
import { synthetic } from '../../../src/data/sources/synthetic';
import { inspectionPage } from '../../../src/report/page/inspection-page';
import { temporaryFolder } from '../../data/fixtures';
import { FAULTS, withFault } from '../../data/inspection/plant-faults';

const { folder, remove } = temporaryFolder();
afterAll(remove);

const classes = classSet('groups-8');
let dataset: Dataset;
let inspection: DataInspection;
let page: string;
let document: Document;

/** Eight scenes with values that have no label, two moved by different ways, and one copied from validation, among sixteen. */
beforeAll(async () => {
  const scenes = { train: 16, validation: 2, test: 0 };
  const options = synthetic.options.parse({ width: 128, height: 64, scenes });
  dataset = await openDataset({ source: 'synthetic', root: join(folder, 'streets'), synthetic: options });
  const fault = (name: string) => FAULTS.find((each) => each.name.includes(name))!;
  dataset = await withFault(dataset, fault('unknown value'), [0, 1, 2, 3, 4, 5, 6, 7], folder);
  dataset = await withFault(dataset, fault('1/32'), [8], folder);
  dataset = await withFault(dataset, fault('1/16'), [10], folder);
  dataset = await withFault(dataset, fault('darker'), [12], folder);
  inspection = await inspectDataset(dataset, classes);
  page = await inspectionPage(inspection, { title: 'Data of <some> file', dataset, classSet: classes });
  document = parseHTML(page).document;
}, 120_000);

const sectionOf = (words: string) =>
  [...document.querySelectorAll('section')].find((each) => each.querySelector('h2')?.textContent?.includes(words))!;

test('it needs no other file, and says what was looked through', () => {
  expect(document.querySelector('h1')?.textContent).toBe('Data of <some> file');
  const addresses = [...document.querySelectorAll('[src], [href]')].map(
    (each) => each.getAttribute('src') ?? each.getAttribute('href')!,
  );
  expect(addresses.filter((address) => !address.startsWith('data:'))).toEqual([]);
  expect(document.querySelectorAll('img:not([alt])')).toHaveLength(0);
  expect(document.querySelector('header')?.textContent).toContain('16 scenes, validation 2 scenes');
});

test('six scenes of a kind are shown, the others named', () => {
  const section = sectionOf('holds unknown values: 8');
  expect(section.querySelectorAll('article')).toHaveLength(6);
  const listed = [...section.querySelectorAll('li b')].map(({ textContent }) => textContent);
  expect(listed).toEqual([6, 7].map((index) => `train ${dataset.splits.train[index].name}`));
  expect(section.querySelector('article p')?.textContent).toContain('holds the values');
});

test('values without a label stand out in the mask', async () => {
  const source = sectionOf('holds unknown values').querySelectorAll('article img')[1].getAttribute('src')!;
  const { data } = await sharp(Buffer.from(source.split(',')[1], 'base64'))
    .raw()
    .toBuffer({ resolveWithObject: true });
  let white = 0;
  for (let place = 0; place < data.length; place += 3) white += data.readUIntBE(place, 3) === 0xffffff ? 1 : 0;
  // Every id is 20 too high: sky (23), trees (21) and all above 13 have no label then; road (7) becomes a car's (27).
  expect(white).toBeGreaterThan(500);
});

test('moved masks: the worst first, each beside where it fits better', () => {
  const articles = [...sectionOf('when it is moved').querySelectorAll('article')];
  const factor = (article: Element) => {
    const [own, better] = [...article.textContent!.matchAll(/(\d\.\d\d) times/g)].map(([, value]) => Number(value));
    return better / own;
  };
  expect(articles.length).toBeGreaterThan(0);
  expect(articles.map(factor)).toEqual(articles.map(factor).sort((a, b) => b - a));
  for (const article of articles) {
    expect(article.textContent).toMatch(/when it is moved \d left of 96 rows/);
    expect(article.querySelectorAll('img')).toHaveLength(4);
  }
});

test('a look-alike is shown beside the scene that it looks like', () => {
  const [article] = sectionOf('look alike: 1').querySelectorAll('article');
  expect(article.querySelectorAll('img')).toHaveLength(2 * 3);
  expect(article.textContent).toContain(`validation ${dataset.splits.validation[0].name}`);
});
