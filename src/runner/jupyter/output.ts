import type { KernelMessage } from '@jupyterlab/services';
import { type Output, toLines } from '../notebooks/notebook';

type StreamName = 'stdout' | 'stderr';
type MimeBundle = Record<string, unknown>;

/** Displays by their id: an update may come from a later cell than the display. */
export type Displays = Map<string, Output[]>;

/**
 * What a terminal keeps of a text that comes in pieces. A carriage return followed by more text begins the line again (as
 * nbclient and nbconvert have it: nothing of a longer line before stays), a backspace takes a character back, and
 * "erase line" codes leave nothing behind.
 */
export class TerminalText {
  private finished = '';
  private line = '';
  private returned = false;

  append(text: string): void {
    for (const piece of text.split(/([\r\n])/)) {
      if (piece === '') continue;
      if (piece === '\r') {
        this.returned = true;
      } else if (piece === '\n') {
        this.finished += `${this.line}\n`;
        this.line = '';
        this.returned = false;
      } else {
        this.line = applyEdits(this.returned ? piece : this.line + piece);
        this.returned = false;
      }
    }
  }

  toString(): string {
    return this.finished + this.line;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the subject here.
const eraseLine = /\x1b\[[0-2]?K/g;

function applyEdits(line: string): string {
  let text = line.replace(eraseLine, '');
  for (let before = ''; text.includes('\b') && text !== before; ) {
    before = text;
    text = text.replace(/[^\b][\b]/g, '');
  }
  return text;
}

/** Turns a kernel's messages about one cell into the outputs that nbformat stores. */
export class CellOutputs {
  private readonly entries: (Output | { name: StreamName; text: TerminalText })[] = [];
  private clearNext = false;

  constructor(private readonly displays: Displays = new Map()) {}

  /** Takes note of a message; those that are no output are passed over. */
  receive({ header, content: raw }: KernelMessage.IIOPubMessage): void {
    // The header tells the type; the message type of the library is not narrowed by it.
    const content = raw as Record<string, unknown>;
    switch (header.msg_type as string) {
      case 'stream':
        this.clearIfAsked();
        this.stream(content.name as StreamName, content.text as string);
        break;
      case 'display_data':
      case 'execute_result':
        this.clearIfAsked();
        this.display(header.msg_type as 'display_data' | 'execute_result', content);
        break;
      case 'update_display_data':
        this.update(content);
        break;
      case 'error':
        this.error(content.ename as string, content.evalue as string, content.traceback as string[]);
        break;
      case 'clear_output':
        if (content.wait) this.clearNext = true;
        else this.entries.length = 0;
    }
  }

  error(ename: string, evalue: string, traceback: string[] = []): void {
    this.entries.push({ output_type: 'error', ename, evalue, traceback });
  }

  toOutputs(): Output[] {
    return this.entries.map((entry) =>
      isStream(entry) ? { output_type: 'stream', name: entry.name, text: toLines(entry.text.toString()) } : entry,
    );
  }

  /** Streams of a name are one output until something else is shown, so that a progress line still finds its line. */
  private stream(name: StreamName, text: string): void {
    for (let index = this.entries.length - 1; index >= 0; index--) {
      const entry = this.entries[index];
      if (!isStream(entry)) break;
      if (entry.name === name) {
        entry.text.append(text);
        return;
      }
    }
    const entry = { name, text: new TerminalText() };
    entry.text.append(text);
    this.entries.push(entry);
  }

  private display(type: 'display_data' | 'execute_result', content: Record<string, unknown>): void {
    const output: Output = { output_type: type, data: toStoredData(content.data), metadata: content.metadata ?? {} };
    if (type === 'execute_result') output.execution_count = content.execution_count ?? null;
    this.entries.push(output);
    const id = displayId(content);
    if (id) this.displays.set(id, [...(this.displays.get(id) ?? []), output]);
  }

  private update(content: Record<string, unknown>): void {
    for (const output of this.displays.get(displayId(content) ?? '') ?? []) {
      output.data = toStoredData(content.data);
      output.metadata = content.metadata ?? {};
    }
  }

  private clearIfAsked(): void {
    if (this.clearNext) this.entries.length = 0;
    this.clearNext = false;
  }
}

function isStream(
  entry: Output | { name: StreamName; text: TerminalText },
): entry is { name: StreamName; text: TerminalText } {
  return 'text' in entry && entry.text instanceof TerminalText;
}

function displayId(content: Record<string, unknown>): string | undefined {
  return (content.transient as { display_id?: string } | undefined)?.display_id;
}

/** Text by lines, as nbformat has it; binary data (base64) and JSON as they are. */
function toStoredData(data: unknown): MimeBundle {
  const entries = Object.entries(data as MimeBundle).map(([mimeType, value]) => {
    const isText = /^text\/|^image\/svg\+xml|^application\/javascript/.test(mimeType);
    return [mimeType, isText && typeof value === 'string' ? toLines(value) : value];
  });
  return Object.fromEntries(entries);
}
