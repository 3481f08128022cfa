import { describe, expect, test } from 'bun:test';
import { labelNamed } from '../../src/labels';
import { renderBoth, renderCounterfactual } from '../../src/streets/counterfactual';
import { type RenderedScene, renderScene } from '../../src/streets/render';
import { composeScene } from '../../src/streets/scene';
import type { Change, Subject } from '../../src/streets/subject';

const SCENE = { seed: 1, split: 'test', index: 4, width: 512, height: 256 } as const;
const { subjects } = composeScene(SCENE, 2);
const original = await renderScene(SCENE);

/** The subject of that kind that most pixels are seen of. */
function largest(kind: Subject['kind']): number {
  const counts = subjects.map((subject, index) => (subject.kind === kind ? pixelsOf(original, index).length : 0));
  return counts.indexOf(Math.max(...counts));
}

function pixelsOf(scene: RenderedScene, subject: number): number[] {
  return pixelsWhere((pixel) => scene.subjects[pixel] === subject + 1);
}

function pixelsWhere(holds: (pixel: number) => boolean): number[] {
  const pixels: number[] = [];
  for (let pixel = 0; pixel < original.labelIds.length; pixel += 1) if (holds(pixel)) pixels.push(pixel);
  return pixels;
}

function heightOf(pixels: readonly number[]): number {
  const rows = pixels.map((pixel) => Math.floor(pixel / SCENE.width));
  return Math.max(...rows) - Math.min(...rows) + 1;
}

/** Pixels at which two scenes differ in picture or masks. */
function differing(a: RenderedScene, b: RenderedScene): Set<number> {
  const differs = (pixel: number) =>
    a.labelIds[pixel] !== b.labelIds[pixel] ||
    a.instanceIds[pixel] !== b.instanceIds[pixel] ||
    a.image[pixel * 3] !== b.image[pixel * 3] ||
    a.image[pixel * 3 + 1] !== b.image[pixel * 3 + 1] ||
    a.image[pixel * 3 + 2] !== b.image[pixel * 3 + 2];
  return new Set(pixelsWhere(differs));
}

const CHANGES: Record<string, (subject: Subject) => Change> = {
  removed: () => ({ kind: 'removed' }),
  'moved ahead': ({ spot }) => ({ kind: 'moved', z: spot.z + 6 }),
  'moved aside': ({ spot }) => ({ kind: 'moved', x: spot.x * 0.8 }),
  shrunk: () => ({ kind: 'scaled', by: 0.5 }),
  grown: () => ({ kind: 'scaled', by: 1.5 }),
  recoloured: () => ({ kind: 'recoloured', color: [200, 40, 40] }),
};

describe.each(['person', 'pole'] as const)('a %s', (kind) => {
  const subject = largest(kind);

  test.each(Object.keys(CHANGES))('%s: all else stays as it was, pixel for pixel', async (name) => {
    const change = CHANGES[name](subjects[subject]);
    const changed = await renderCounterfactual(SCENE, { subject, change });
    const pixels = differing(original, changed);
    expect(pixels.size).toBeGreaterThan(20);
    expect([...pixels].filter((pixel) => !changed.touched[pixel])).toEqual([]);
    // What can change is a small part of the picture, or the test would say nothing.
    const touched = changed.touched.reduce((sum, value) => sum + value, 0);
    expect(touched / changed.touched.length).toBeLessThan(0.12);
  });

  test.each(Object.keys(CHANGES))('%s: what is drawn outside hardly needs to be put right', async (name) => {
    const {
      original: drawn,
      edited,
      touched,
    } = await renderBoth(SCENE, {
      subject,
      change: CHANGES[name](subjects[subject]),
    });
    expect(Buffer.compare(drawn.image, original.image)).toBe(0);
    const outside = [...differing(drawn, edited)].filter((pixel) => !touched[pixel]);
    // Rounding at the edges of other shadows: a few pixels of the 131,072, by a few steps of 255; the masks not at all.
    expect(outside.length).toBeLessThan(150);
    for (const pixel of outside) {
      expect(edited.instanceIds[pixel]).toBe(drawn.instanceIds[pixel]);
      for (const channel of [0, 1, 2])
        expect(Math.abs(edited.image[pixel * 3 + channel] - drawn.image[pixel * 3 + channel])).toBeLessThan(8);
    }
  });

  test('that is taken out leaves what stood behind it', async () => {
    const changed = await renderCounterfactual(SCENE, { subject, change: { kind: 'removed' } });
    expect(pixelsOf(changed, subject)).toEqual([]);
    const others = subjects.map((_, index) => index).filter((index) => index !== subject);
    for (const other of others)
      expect(pixelsOf(changed, other).length).toBeGreaterThanOrEqual(pixelsOf(original, other).length);
  });

  test('of half the size is half as high', async () => {
    const change: Change = { kind: 'scaled', by: 0.5 };
    const changed = await renderCounterfactual(SCENE, { subject, change });
    const ratio = heightOf(pixelsOf(changed, subject)) / heightOf(pixelsOf(original, subject));
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(0.62);
  });

  test('twice as far away is half as high', async () => {
    const change: Change = { kind: 'moved', z: subjects[subject].spot.z * 2, x: subjects[subject].spot.x * 2 };
    const changed = await renderCounterfactual(SCENE, { subject, change });
    const ratio = heightOf(pixelsOf(changed, subject)) / heightOf(pixelsOf(original, subject));
    expect(ratio).toBeLessThan(0.65);
  });

  test('of another colour has the same outline', async () => {
    const change: Change = { kind: 'recoloured', color: [240, 20, 20] };
    const changed = await renderCounterfactual(SCENE, { subject, change });
    expect(Buffer.compare(changed.instanceIds as never, original.instanceIds as never)).toBe(0);
    const mean = (scene: RenderedScene, channel: number) => {
      const pixels = pixelsOf(scene, subject);
      return pixels.reduce((sum, pixel) => sum + scene.image[pixel * 3 + channel], 0) / pixels.length;
    };
    expect(mean(changed, 0) - mean(changed, 1)).toBeGreaterThan(mean(original, 0) - mean(original, 1) + 50);
  });
});

test('a change of nothing gives the scene itself', async () => {
  const same = await renderCounterfactual(SCENE, { subject: largest('person'), change: { kind: 'scaled', by: 1 } });
  expect(differing(original, same).size).toBe(0);
});

test('an edited person keeps its number, and so do the others', async () => {
  const person = labelNamed('person').id;
  const subject = largest('person');
  const change: Change = { kind: 'scaled', by: 1.2 };
  const changed = await renderCounterfactual(SCENE, { subject, change });
  const id = (scene: RenderedScene) => scene.instanceIds[pixelsOf(scene, subject)[0]];
  expect(Math.floor(id(original) / 1000)).toBe(person);
  expect(id(changed)).toBe(id(original));
});

test('subjects are people and poles, each with pixels of its own label', () => {
  expect(new Set(subjects.map(({ kind }) => kind))).toEqual(new Set(['person', 'pole']));
  const labels = { person: ['person'], pole: ['pole', 'traffic sign', 'traffic light'] };
  original.subjects.forEach((number, pixel) => {
    if (number === 0) return;
    const allowed = labels[subjects[number - 1].kind].map((name) => labelNamed(name).id);
    expect(allowed).toContain(original.labelIds[pixel]);
  });
});

test('a subject that is not there is refused', async () => {
  const edit = { subject: subjects.length, change: { kind: 'removed' } } as const;
  await expect(renderCounterfactual(SCENE, edit)).rejects.toThrow(RangeError);
});

test('no scene has more subjects than the mask can tell apart', () => {
  for (let index = 0; index < 30; index++)
    expect(composeScene({ seed: 3, split: 'train', index }).subjects.length).toBeLessThan(255);
});
