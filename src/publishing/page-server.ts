import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RunError } from '../errors';
import { type PageFile, pageFiles } from './page-files';

const DEFAULT_PORT = 8377;

/** The page can be reached from this machine only. */
const ADDRESS = '127.0.0.1';

/**
 * What the page may do: run its own scripts and WebAssembly, use its own style, load its own model. Nothing inline, no
 * other origin, no form, no frame; a photo could not be sent anywhere even if a script tried.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const HEADERS = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
};

export interface PageServer {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves a page on the loopback address where photos are segmented in the browser by the model of a run. It answers GET
 * and HEAD of a fixed list of files and takes nothing in.
 *
 * @param run a run's folder, for its best checkpoint, or a checkpoint's
 * @param options where to listen
 * @param options.port 0 takes any that is free
 * @throws RunError when the port is taken, ModelError when the run has no model that segments
 */
export async function servePage(run: string, { port = DEFAULT_PORT }: { port?: number } = {}): Promise<PageServer> {
  let files: ReadonlyMap<string, PageFile> = new Map();
  const server = createServer((request, response) => answer(files, request, response));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, port)));
    server.listen(port, ADDRESS, resolve);
  });
  try {
    files = await pageFiles(run);
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    url: `http://${ADDRESS}:${(server.address() as AddressInfo).port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function answer(files: ReadonlyMap<string, PageFile>, request: IncomingMessage, response: ServerResponse): void {
  const { status, type, content, ...more } = replyTo(request, files);
  response.writeHead(status, { ...HEADERS, ...more, 'Content-Type': type, 'Content-Length': content.length });
  response.end(request.method === 'HEAD' ? undefined : content);
}

interface Reply extends PageFile {
  status: number;
  Allow?: string;
}

function replyTo({ method, url = '', headers, socket }: IncomingMessage, files: ReadonlyMap<string, PageFile>): Reply {
  if (!isLoopback(headers.host, socket.localPort)) return refusal(403, 'This page is for this machine only.');
  if (method !== 'GET' && method !== 'HEAD') return { ...refusal(405, 'GET or HEAD only.'), Allow: 'GET, HEAD' };
  const file = files.get(url.split('?')[0]);
  return file ? { status: 200, ...file } : refusal(404, 'There is no such file.');
}

function refusal(status: number, text: string): Reply {
  return { status, type: 'text/plain; charset=utf-8', content: Buffer.from(`${text}\n`) };
}

/** A site elsewhere can have its name resolve to this machine, and would then be of the page's origin; its name gives it away. */
function isLoopback(host: string | undefined, port: number | undefined): boolean {
  return host === `127.0.0.1:${port}` || host === `localhost:${port}`;
}

function cannotListen(error: NodeJS.ErrnoException, port: number): Error {
  if (error.code === 'EADDRINUSE')
    return new RunError(`port ${port} of ${ADDRESS} is taken`, 'choose another with --port; 0 takes any that is free', {
      cause: error,
    });
  if (error.code === 'EACCES')
    return new RunError(`port ${port} of ${ADDRESS} may not be used`, 'choose one above 1023 with --port', {
      cause: error,
    });
  return error;
}
