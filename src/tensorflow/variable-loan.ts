import { backend, typeNumber } from './backend';
import type { tf } from './tensorflow';

/**
 * Who holds the values of TensorFlow.js variables that a session computes with, so that there is one copy of them: while
 * nothing changes them, the variables and the session share it; before the session changes them, the variables let go of
 * theirs, and get it back when they are asked to.
 */
export class VariableLoan {
  /** What each variable was given here. What was assigned to it since, by others, is none of ours. */
  private readonly given: (object | null)[];

  constructor(readonly variables: readonly tf.Variable[]) {
    this.given = variables.map(() => null);
  }

  /**
   * @param values of the variables in the session, in order; they stay the caller's
   * @param options whom they are for
   * @param options.missing those variables alone that let go of their values and were not assigned others since
   */
  share(values: readonly tf.Tensor[], { missing = false } = {}): void {
    this.variables.forEach((variable, index) => {
      if (variable.isDisposed || (missing && !isEmpty(variable))) return;
      variable.assign(values[index]);
      this.given[index] = variable.dataId;
    });
  }

  /** Leaves the session the only one that holds what was shared. */
  letGo(): void {
    this.variables.forEach((variable, index) => {
      if (variable.isDisposed || variable.dataId !== this.given[index] || isEmpty(variable)) return;
      const empty = emptyTensor(variable);
      variable.assign(empty);
      empty.dispose();
      this.given[index] = variable.dataId;
    });
  }
}

/** The data of tensors without content. */
const emptyData = new WeakSet<object>();

const isEmpty = ({ dataId }: tf.Variable) => emptyData.has(dataId);

/** A tensor that has a variable's shape and type, and whose values cannot be had. */
function emptyTensor({ shape, dtype, name }: tf.Variable): tf.Tensor {
  // The binding has no tensor of a negative id, and frees none.
  const tensor = backend().createOutputTensor({ id: -1, shape: [...shape], dtype: typeNumber(dtype) });
  emptyData.add(tensor.dataId);
  Object.defineProperty(backend().tensorMap.get(tensor.dataId), 'values', {
    get: () => {
      throw new Error(`the values of variable ${name} are held by a program that trains it; call its pull() first`);
    },
  });
  return tensor;
}
