/** TensorBoard's event files: records of protobuf messages, appended as a training goes on. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { writingProblem } from '../../files/write-file';

/** Where a run's event files lie, below its folder. */
export const EVENTS_FOLDER = 'tensorboard';

export interface Histogram {
  min: number;
  max: number;
  num: number;
  sum: number;
  sumSquares: number;
  /** Upper limits of the buckets, ascending, and how many values lie in each. */
  bucketLimit: number[];
  bucket: number[];
}

/** What is shown under a tag: a number, a histogram or a picture. */
export type SummaryValue = { tag: string } & (
  | { simpleValue: number }
  | { histo: Histogram }
  | { image: { height: number; width: number; colorspace: number; encodedImageString: Uint8Array } }
);

/** What this project writes of event.proto and summary.proto. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    string file_version = 3;
    Summary summary = 5;
    SessionLog session_log = 7;
  }
  message SessionLog { int32 status = 1; }
  message Summary { repeated Value value = 1; }
  message Value {
    string tag = 1;
    oneof value {
      float simple_value = 2;
      Image image = 4;
      HistogramProto histo = 5;
    }
  }
  message Image {
    int32 height = 1;
    int32 width = 2;
    int32 colorspace = 3;
    bytes encoded_image_string = 4;
  }
  message HistogramProto {
    double min = 1;
    double max = 2;
    double num = 3;
    double sum = 4;
    double sum_squares = 5;
    repeated double bucket_limit = 6;
    repeated double bucket = 7;
  }
`);
const eventType = root.lookupType('Event');

/** A file that TensorBoard reads while it grows. One that goes on after others counts instead of what they hold of later steps. */
export class EventFile {
  private readonly file: string;

  /**
   * @param folder of the events; files of earlier parts of the training may lie in it
   * @param firstStep of what is going to be written
   */
  constructor(folder: string, firstStep: number) {
    const now = Date.now();
    const name = `events.out.tfevents.${Math.floor(now / 1000)}.${hostname()}.${process.pid}.${firstStep}`;
    this.file = join(folder, name);
    const start = { wallTime: now / 1000, step: firstStep, sessionLog: { status: 1 } };
    this.append([{ wallTime: now / 1000, fileVersion: 'brain.Event:2' }, start], folder);
  }

  write(step: number, value: readonly SummaryValue[]): void {
    this.append([{ wallTime: Date.now() / 1000, step, summary: { value } }]);
  }

  /** @throws RunError when it cannot be written */
  private append(events: readonly object[], folder?: string): void {
    const records = events.map((event) => record(eventType.encode(eventType.fromObject(event)).finish()));
    try {
      if (folder !== undefined) mkdirSync(folder, { recursive: true });
      appendFileSync(this.file, Buffer.concat(records));
    } catch (error) {
      throw writingProblem(this.file, error);
    }
  }
}

/** Length, checksum of the length, content, checksum of the content. */
function record(content: Uint8Array): Buffer {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(content.length));
  return Buffer.concat([length, maskedChecksum(length), content, maskedChecksum(content)]);
}

/** CRC-32C, turned by 15 bits and moved, so that a checksum of checksums is none of them (TensorFlow's crc32c.h). */
function maskedChecksum(bytes: Uint8Array): Buffer {
  const sum = crc32c(bytes);
  const masked = (((sum >>> 15) | (sum << 17)) + 0xa282ead8) >>> 0;
  const result = Buffer.alloc(4);
  result.writeUInt32LE(masked);
  return result;
}

/** For each byte the remainder by Castagnoli's polynomial, bits reversed. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) remainder = remainder & 1 ? (remainder >>> 1) ^ 0x82f63b78 : remainder >>> 1;
  return remainder;
});

/** The checksum of the records; zlib's CRC-32 is of another polynomial. */
export function crc32c(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 0xff] ^ (sum >>> 8);
  return ~sum >>> 0;
}
