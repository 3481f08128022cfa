import { describe } from 'bun:test';

/** As `describe`; where there is a reason to leave it out, its name says so. */
export function describeUnless(reason: string | false | undefined, name: string, tests: () => void): void {
  describe.skipIf(Boolean(reason))(reason ? `${name} (skipped: ${reason})` : name, tests);
}
