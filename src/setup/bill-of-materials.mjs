/**
 * `npm run sbom`: what set-up installs, as a bill of materials and as a list of licences. Writes
 * `results/bill-of-materials/bom.cdx.json` (CycloneDX; npm describes its own packages, the .venv's are added) and
 * `licences.md`, and ends with code 1 if a package has a licence that is not among those allowed.
 */

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { EXTRAS } from './extras.mjs';
import { inProject, PROJECT_ROOT, sitePackages } from './project.mjs';

/** @typedef {import('./project.mjs').Project} Project */

/**
 * @typedef {object} Component as CycloneDX has it, as far as it is used here
 * @property {string} name
 * @property {string} version
 * @property {string} purl such as `pkg:npm/zod@4.6.7`
 * @property {{ license?: { id?: string, name?: string }, expression?: string }[]} [licenses]
 */

/** Licences that allow use and redistribution; those with a duty to share changes bind only changes to the package itself. */
const ALLOWED = [
  '0BSD',
  'Apache-2.0',
  'BSD',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'Bitstream-Vera',
  'CC0-1.0',
  'HDF5',
  'ISC',
  'LGPL-3.0-or-later', // libvips, a shared library beside sharp
  'MIT',
  'MIT-0',
  'MIT-CMU',
  'MPL-2.0',
  'NIST-Software',
  'OFL-1.1',
  'PSF-2.0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
];

/** Of packages that leave it to a file of text, which was read. */
const READ_BY_HAND = new Map([
  ['cityscapesScripts', 'MIT'],
  ['dejavu-fonts-ttf', 'Bitstream-Vera'],
  ['h5wasm', 'NIST-Software AND HDF5'],
]);

/** Python's older words for licences. */
const SPDX = new Map([
  ['Apache Software License', 'Apache-2.0'],
  ['Apache License, Version 2.0', 'Apache-2.0'],
  ['Apache 2.0', 'Apache-2.0'],
  ['BSD License', 'BSD'],
  ['3-Clause BSD License', 'BSD-3-Clause'],
  ['ISC License (ISCL)', 'ISC'],
  ['MIT License', 'MIT'],
  ['Mozilla Public License 2.0 (MPL 2.0)', 'MPL-2.0'],
  ['Python Software Foundation License', 'PSF-2.0'],
]);

/** The packages that requirements.txt lists, and the extras that are installed, as they are in the .venv. @param {Project} project @returns {Component[]} */
function pythonComponents(project) {
  const folder = sitePackages(project);
  if (!folder) throw new Error('There is no .venv: run `npm run setup` first.');
  const listed = new Set(
    ['requirements', ...EXTRAS.map((name) => `requirements-${name}`)]
      .flatMap((list) => readFileSync(inProject(project, `${list}.txt`), 'utf8').split('\n'))
      .map((line) => normal(line.split('==')[0])),
  );
  return readdirSync(folder)
    .filter((entry) => entry.endsWith('.dist-info'))
    .map((entry) => pythonComponent(readFileSync(path.join(folder, entry, 'METADATA'), 'utf8')))
    .filter(({ name }) => listed.has(normal(name)));
}

/** @param {string} metadata of a wheel: headers, an empty line, a description @returns {Component} */
export function pythonComponent(metadata) {
  const headers = metadata.split(/\r?\n\r?\n/)[0];
  /** @param {string} name */
  const all = (name) => [...headers.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map(([, value]) => value.trim());
  const classified = all('Classifier')
    .filter((each) => each.startsWith('License :: '))
    .map((each) => each.split(' :: ').slice(-1)[0])
    .filter((each) => each !== 'OSI Approved');
  const [stated = ''] = all('License');
  const words = all('License-Expression')[0] ?? (classified.length > 0 ? classified.map(spdx).join(' OR ') : stated);
  const [name, version] = [all('Name')[0], all('Version')[0]];
  const licence = spdx(words);
  const licenses = licence
    ? [/ (AND|OR) /.test(licence) ? { expression: licence } : { license: { name: licence } }]
    : [];
  const more = { 'bom-ref': `pypi:${name}@${version}`, type: 'library', scope: 'required' };
  return { ...more, name, version, purl: `pkg:pypi/${normal(name)}@${version}`, licenses };
}

/** @param {string} words */
function spdx(words) {
  return SPDX.get(words) ?? words;
}

/** Whether an SPDX expression can be met by allowed licences alone. @param {string} expression */
export function isAllowed(expression) {
  const alternatives = expression.replace(/[()]/g, '').split(' OR ');
  return alternatives.some((each) => each.split(' AND ').every((licence) => ALLOWED.includes(licence.trim())));
}

/** The licence of a component, an SPDX expression or what it says in its own words. @param {Component} component */
export function licenceOf({ name, licenses = [] }) {
  const stated = licenses.map(({ license, expression }) => expression ?? license?.id ?? license?.name);
  return READ_BY_HAND.get(name) ?? (stated.join(' OR ') || 'none stated');
}

/**
 * What `npm sbom` says of node_modules, with the .venv's packages beside it.
 * @param {Project} project
 * @returns {{ components: Component[] }}
 */
export function billOfMaterials(project) {
  const { status, stdout, stderr } = spawnSync('npm', ['sbom', '--sbom-format', 'cyclonedx'], {
    cwd: project.root,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (status !== 0)
    throw new Error(
      `npm sbom: ${stderr}\nWhere packages are left over from another version: delete node_modules, npm run setup.`,
    );
  const bill = JSON.parse(stdout);
  // The folder's name is nobody's business.
  bill.metadata.component.name = 'roadway-segmentation';
  return { ...bill, components: [...bill.components, ...pythonComponents(project)] };
}

/** @param {Component[]} components */
function licenceList(components) {
  const rows = components.map((each) => {
    const [, registry] = each.purl.split(/[:/]/);
    return `| ${registry} | ${each.name} | ${each.version} | ${licenceOf(each)} |`;
  });
  const head = [
    '# Licences of what set-up installs',
    '',
    '| from | package | version | licence |',
    '| --- | --- | --- | --- |',
  ];
  return [...head, ...rows.sort(), ''].join('\n');
}

/** As PyPI compares names. @param {string} name */
function normal(name) {
  return name
    .trim()
    .toLowerCase()
    .replace(/[-_.]+/g, '-');
}

/** @param {Project} project */
function main(project) {
  const bill = billOfMaterials(project);
  const refused = bill.components.filter((each) => !isAllowed(licenceOf(each)));
  const folder = inProject(project, 'results', 'bill-of-materials');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'licences.md'), licenceList(bill.components));
  writeFileSync(path.join(folder, 'bom.cdx.json'), `${JSON.stringify(bill, null, 1)}\n`);
  for (const each of refused)
    console.error(`${each.name} ${each.version}: ${licenceOf(each)}, which is not among the allowed`);
  const shown = path.relative(project.root, folder);
  console.log(`${bill.components.length} packages, ${refused.length} with other licences: ${shown}/`);
  process.exitCode = refused.length > 0 ? 1 : 0;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main({ root: PROJECT_ROOT, env: process.env });
