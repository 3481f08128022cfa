import path from 'node:path';

/** The project's folder: where `.venv`, `node_modules` and `src` lie, and where kernels work. */
export const projectRoot = path.resolve(import.meta.dir, '..', '..');
