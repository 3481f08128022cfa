/**
 * An error that the person at the keyboard can mend. Its message names the file, key or cell, what was expected and what
 * was found; `remedy` is the way out. The command line prints both and no stack trace.
 */
export class UserError extends Error {
  constructor(
    readonly problem: string,
    readonly remedy: string,
    options?: { cause?: unknown },
  ) {
    super(`${problem}\n  → ${remedy}`);
    this.name = new.target.name;
    if (options?.cause !== undefined) (this as { cause?: unknown }).cause = options.cause;
  }
}

/** An experiment's YAML is wrong: unknown key, wrong value, broken `extends`. */
export class ConfigurationError extends UserError {}

/** A data set on disk is not what its layout promises. */
export class DataError extends UserError {}

/** A model cannot be built, or weights do not fit it. */
export class ModelError extends UserError {}

/** A run cannot go on, or its results are not where they should be. */
export class RunError extends UserError {}

/** A function of tensors cannot be made into a TensorFlow graph; `execution.compile: false` runs it as it is. */
export class CompilationError extends UserError {
  /** @param operation the operation that stands in the way, as TensorFlow or TensorFlow.js calls it */
  constructor(
    readonly operation: string,
    problem: string,
    options?: { cause?: unknown },
  ) {
    super(`${operation}: ${problem}`, 'leave it out of the function, or set execution.compile: false', options);
  }
}
