/** A set-up that cannot go on for a reason the person at the keyboard can mend. The message is all that is printed. */
export class SetupError extends Error {
  /** @param {string} message */
  constructor(message) {
    super(message);
    this.name = 'SetupError';
  }
}
