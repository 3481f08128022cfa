import { afterAll, test } from 'bun:test';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import manifest from '../package.json';

/**
 * Tests in a real, headless Chromium: the one that the variable CHROMIUM names, else one on the PATH, else the one that
 * the npm package @sparticuz/chromium carries, so that nothing has to be installed by hand.
 */

interface BrowserProgram {
  file: string;
  /** Folder of the libraries that come with it, for machines that have not got them. */
  libraries?: string;
}

export interface PageOptions {
  /** In CSS pixels. */
  width?: number;
  height?: number;
  colorScheme?: 'light' | 'dark';
  javaScript?: boolean;
}

/** A page, and what happened on it that a test may want to rule out. */
export interface WatchedPage {
  page: Page;
  /** Errors and warnings of its console, and exceptions that nothing caught. */
  problems: string[];
  /** URLs of what it loaded or sent, the page itself, `data:` and `blob:` left out. */
  requests: string[];
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let program: BrowserProgram | null | undefined;
let running: Promise<Browser> | undefined;

/** As `test`; left out, and why, on a machine for which there is no Chromium. */
export const browserTest: (name: string, action: () => Promise<void>, milliseconds?: number) => void = (
  name,
  action,
  milliseconds = 60_000,
) => {
  if (findProgram()) test(name, action, milliseconds);
  else test.skip(`${name} (no Chromium: set CHROMIUM to its path)`, () => {});
};

/** Ends the browser that {@link openPage} started; call it once at the top of each file that opens pages. */
export function closeBrowserAfterAll(): void {
  afterAll(async () => {
    const browser = running;
    running = undefined;
    await (await browser)?.close();
  });
}

/**
 * Opens an address in a fresh profile; what happens on it is recorded from the start.
 *
 * @param url `file:` and `http:` addresses; none opens an empty page
 */
export async function openPage(url?: string, options: PageOptions = {}): Promise<WatchedPage> {
  const { width = 1280, height = 900, colorScheme = 'light', javaScript = true } = options;
  running ??= launch();
  const context = await (await running).newContext({
    viewport: { width, height },
    colorScheme,
    javaScriptEnabled: javaScript,
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const [problems, requests]: [string[], string[]] = [[], []];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => problems.push(`exception: ${error.message}`));
  page.on('request', (request) => {
    if (request.url() !== url && !/^(data|blob):/.test(request.url())) requests.push(request.url());
  });
  if (url) await page.goto(url, { waitUntil: 'load' });
  return { page, problems, requests };
}

async function launch(): Promise<Browser> {
  const found = findProgram();
  if (!found) throw new Error('no Chromium here: use browserTest in place of test');
  const { libraries } = found;
  const executablePath = libraries ? await unpacked(found.file) : found.file;
  const env = { ...process.env, ...(libraries && { LD_LIBRARY_PATH: libraries }) } as Record<string, string>;
  // Playwright adds --headless and a user data folder that it removes when the browser is closed.
  return chromium.launch({ executablePath, headless: true, args: FLAGS, env });
}

function findProgram(): BrowserProgram | null {
  if (program !== undefined) return program;
  const installed =
    process.env.CHROMIUM ||
    ['chromium', 'chromium-browser', 'google-chrome'].map((name) => Bun.which(name)).find((file) => file);
  if (installed) program = { file: installed };
  else if (process.platform === 'linux' && process.arch === 'x64') program = packagedProgram();
  else program = null;
  return program;
}

/** Where the npm package's Chromium is unpacked to, once a version: 220 MB in the project's cache. */
function packagedProgram(): BrowserProgram {
  const version = manifest.devDependencies['@sparticuz/chromium'];
  const folder = path.resolve(import.meta.dir, '..', '.cache', `chromium-${version}`);
  return { file: path.join(folder, 'chromium'), libraries: path.join(folder, 'al2023', 'lib') };
}

/** Unpacks the npm package's Chromium unless that has been done (2 seconds). */
async function unpacked(file: string): Promise<string> {
  if (existsSync(file)) return file;
  const folder = path.dirname(file);
  mkdirSync(path.dirname(folder), { recursive: true });
  const staging = mkdtempSync(`${folder}-`);
  try {
    // The package unpacks to the system's temporary folder, and the libraries only where it sees Amazon's Linux; in a
    // process of its own both can be told otherwise.
    const unpack = `import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())`;
    await promisify(execFile)('node', ['-e', unpack], {
      cwd: path.resolve(import.meta.dir, '..'),
      env: { ...process.env, TMPDIR: staging, AWS_EXECUTION_ENV: 'nodejs20.x' },
    });
    renameSync(staging, folder);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    if (!existsSync(file)) throw error; // else another process was quicker
  }
  return file;
}
