import { hasInstances, LABELS } from '../labels';
import type { Caster } from './shadow';
import { type Change, changed, type Subject } from './subject';
import type { Item, Shape } from './svg';

/** One change of one small thing. */
export interface Edit {
  /** Which of the scene's subjects. */
  readonly subject: number;
  readonly change: Change;
}

/** Puts the changed subject in the place of the one there was; the numbers of all other things stay as they are. */
export function edited(subjects: readonly Subject[], edit: Edit | undefined) {
  const before = edit && (subjects[edit.subject] ?? missingSubject(edit.subject, subjects.length));
  const after = edit && before && changed(before, edit.change);
  return {
    casters: (casters: readonly Caster[]): Caster[] =>
      casters.flatMap((caster) => (caster !== before?.caster ? caster : (after?.caster ?? []))),
    items(items: readonly Item[]): Item[] {
      const place = before ? items.indexOf(before.item) : -1;
      const shown = numbered(items, subjects).map((item, index) => {
        return index === place && after ? { ...after.item, shapes: sameNumbers(after.item.shapes, item.shapes) } : item;
      });
      return after === null ? shown.filter((_, index) => index !== place) : shown;
    },
  };
}

const COUNTED = new Set(LABELS.filter(hasInstances).map(({ id }) => id));

/** Numbers, label by label, the things that Cityscapes counts, a cyclist and the bicycle apart, and marks the subjects. */
function numbered(items: readonly Item[], subjects: readonly Subject[]): Item[] {
  const subjectOf = new Map(subjects.map(({ item }, index) => [item, index]));
  const next = new Map<number, number>();
  return items.map((item) => {
    const own = new Map<number, number>();
    const numberOf = (label: number) => {
      if (!own.has(label)) {
        own.set(label, next.get(label) ?? 0);
        next.set(label, own.get(label)! + 1);
      }
      return own.get(label);
    };
    const shapes = item.shapes.map((shape): Shape => {
      const { label } = shape;
      const instance = label !== null && COUNTED.has(label) ? numberOf(label) : undefined;
      return { ...shape, instance, subject: subjectOf.get(item) };
    });
    return { ...item, shapes };
  });
}

/** A subject is of one thing, so all its shapes have the number of the first. */
function sameNumbers(shapes: readonly Shape[], [{ instance, subject }]: readonly Shape[]): Shape[] {
  return shapes.map((shape) => ({ ...shape, instance, subject }));
}

function missingSubject(subject: number, count: number): never {
  throw new RangeError(`the scene has ${count} subjects, expected a number below that, found ${subject}`);
}
