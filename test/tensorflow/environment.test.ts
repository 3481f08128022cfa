import { expect, test } from 'bun:test';
import { sharedThreads } from '../../src/tensorflow/environment';

test('threads are shared out; what the person has set stays', () => {
  const { OMP_NUM_THREADS, TF_NUM_INTRAOP_THREADS, ...others } = process.env;
  const own = process.env;
  try {
    process.env = others;
    expect(sharedThreads(1, 8)).toEqual({});
    expect(sharedThreads(3, 8)).toEqual({ TF_NUM_INTRAOP_THREADS: '2', OMP_NUM_THREADS: '2' });
    expect(sharedThreads(4, 2)).toEqual({ TF_NUM_INTRAOP_THREADS: '1', OMP_NUM_THREADS: '1' });
    process.env.OMP_NUM_THREADS = '5';
    expect(sharedThreads(4, 2)).toEqual({ TF_NUM_INTRAOP_THREADS: '1' });
  } finally {
    process.env = own;
  }
});
