import { z } from 'zod';
import type { Optimizer } from '../../src/tensorflow/optimizer';
import { tf } from '../../src/tensorflow/tensorflow';

const options = {
  /** Share of the momentum in the direction of a step, and share of it that is kept. */
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.99),
};

/** Lion (Chen et al. 2023): each weight moves by the learning rate, one way or the other. */
export const lion = {
  options,
  create: ({ beta1, beta2 }: { beta1: number; beta2: number }): Optimizer => ({
    slots: ['momentum'],
    scalars: (_step, learningRate) => ({ rates: { rate: learningRate } }),
    apply({ variable, gradient, slots: { momentum }, scalars: { rate } }) {
      tf.tidy(() => {
        const mixed = (beta: number) => tf.add(tf.mul(momentum, beta), tf.mul(gradient, 1 - beta));
        variable.assign(tf.sub(variable, tf.mul(tf.sign(mixed(beta1)), rate)));
        momentum.assign(mixed(beta2));
      });
    },
    addTo(nodes, { variable, value, gradient, slots: { momentum }, scalars: { rate }, readers }) {
      const old = nodes.add('ReadVariableOp', [momentum]);
      const scaled = (values: string, share: number) => nodes.add('Mul', [values, nodes.constant(share)]);
      const mixed = (beta: number) => nodes.add('AddV2', [scaled(old, beta), scaled(gradient, 1 - beta)]);
      const moved = nodes.add('Sub', [value, nodes.add('Mul', [nodes.add('Sign', [mixed(beta1)]), rate])]);
      const kept = nodes.run('AssignVariableOp', [momentum, mixed(beta2)]);
      return nodes.run('AssignVariableOp', [variable, moved], [...readers, kept]);
    },
  }),
};
