import { readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { RunError } from '../errors';
import { writeFile } from '../files/write-file';

/**
 * Files with a line of JSON a scene, which evaluations keep: quick to write, compact, and read line by line by anything. The
 * first line says what the numbers mean.
 */
export interface SceneLines<Header, Line> {
  header: Header;
  lines: Line[];
}

/** Writes the file, whole or not at all. */
export function writeSceneLines<Header, Line>(file: string, { header, lines }: SceneLines<Header, Line>): void {
  writeFile(file, `${[header, ...lines].map((each) => JSON.stringify(each)).join('\n')}\n`);
}

/**
 * Reads back what {@link writeSceneLines} wrote.
 *
 * @throws RunError when the file is missing, or names the line that is not as it should be
 */
export function readSceneLines<Header, Line>(
  file: string,
  schema: { header: z.ZodType<Header>; line: z.ZodType<Line> },
): SceneLines<Header, Line> {
  const [header, ...lines] = contentOf(file).trimEnd().split('\n');
  return {
    header: parsed(file, 1, header, schema.header),
    lines: lines.map((line, index) => parsed(file, index + 2, line, schema.line)),
  };
}

/** The error for a line that reads as JSON and still cannot be. @param line its number, from 1 */
export function wrongLine(file: string, line: number, reason: string, cause?: unknown): RunError {
  return new RunError(
    `${file}, line ${line}: expected ${path.basename(file, '.jsonl').replace('-', ' ')}, but ${reason}`,
    REMEDY,
    { cause },
  );
}

const REMEDY = 'evaluate the run again';

function contentOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new RunError(`${file}: cannot be read, though an evaluation writes it`, REMEDY, { cause });
  }
}

function parsed<T>(file: string, number: number, text: string, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
    throw wrongLine(file, number, reason, cause);
  }
}
