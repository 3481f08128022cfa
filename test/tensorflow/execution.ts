import { executionSchema } from '../../src/tensorflow/execution';

/** Operation by operation: no second to compile, where a test is about something else. */
export const EAGER = executionSchema.parse({ compile: false });

/** As graphs, convolutions in the forms that were fastest. */
export const COMPILED = executionSchema.parse({});
