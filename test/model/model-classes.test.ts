import { expect, test } from 'bun:test';
import type { ClassSet } from '../../src/data/classes/class-set';
import { requireClasses } from '../../src/model/model-classes';

test('a model of other classes is refused, even where their names read alike when they are strung together', () => {
  const expected: ClassSet = {
    name: 'classes-2',
    classes: ['road', 'kerb,verge'].map((name) => ({ name, color: [0, 0, 0] })),
    classOfLabelId: Uint8Array.of(0, 1),
  };
  const model = (...classes: string[]) => ({ task: 'segmentation' as const, classes });
  expect(() => requireClasses(model('road', 'kerb,verge'), expected)).not.toThrow();
  expect(() => requireClasses(model('road,kerb', 'verge'), expected)).toThrow('expected segmentation into the 2 of');
});
