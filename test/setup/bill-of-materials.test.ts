import { expect, test } from 'bun:test';
import { billOfMaterials, isAllowed, licenceOf, pythonComponent } from '../../src/setup/bill-of-materials.mjs';
import { PROJECT_ROOT } from '../../src/setup/project.mjs';

test('every package that set-up installs has a licence that is allowed', () => {
  const packages = billOfMaterials({ root: PROJECT_ROOT, env: process.env }).components;
  for (const name of ['sharp', '@tensorflow/tfjs-node-gpu', 'jupyterlab'])
    expect(packages.map((each) => each.name)).toContain(name);
  expect(packages.filter((each) => !isAllowed(licenceOf(each)))).toEqual([]);
}, 60_000);

test('a licence is allowed if it can be met by allowed ones', () => {
  expect(isAllowed('MIT')).toBe(true);
  expect(isAllowed('(GPL-2.0 OR MIT)')).toBe(true);
  expect(isAllowed('Apache-2.0 AND MIT')).toBe(true);
  expect(isAllowed('GPL-3.0-only')).toBe(false);
  expect(isAllowed('MIT AND GPL-3.0-only')).toBe(false);
  expect(isAllowed('none stated')).toBe(false);
});

test("a wheel's licence is its expression, else its classifier, else its own words", () => {
  const head = 'Metadata-Version: 2.1\nName: a\nVersion: 1\n';
  const licence = (lines: string) => licenceOf(pythonComponent(`${head}${lines}\n\nLicense: of the description`));
  expect(licence('License-Expression: MIT\nClassifier: License :: OSI Approved :: BSD License')).toBe('MIT');
  expect(licence('License: Copyright by us\nClassifier: License :: OSI Approved :: BSD License')).toBe('BSD');
  expect(licence('License: Apache 2.0')).toBe('Apache-2.0');
  expect(licence('Summary: x')).toBe('none stated');
});

test("no package's install script is trusted to run", async () => {
  const { trustedDependencies } = await Bun.file(`${PROJECT_ROOT}/package.json`).json();
  expect(trustedDependencies).toEqual([]);
});
