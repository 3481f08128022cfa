import { expect, test } from 'bun:test';
import { Camera, PATH_UNITS } from '../../src/streets/camera';

// A nominal picture is 1024 x 512; the focal length is 2.2 x 512 = 1126.4 px, as 2262 px are to Cityscapes' 1024 rows.
const camera = new Camera({ aspect: 2, eyeHeight: 1.2, horizon: 0.4375, vanishing: 0.5 });

test('a point on the road 10 m ahead and 2 m to the right', () => {
  // Horizon: 0.4375 x 512 = 224. u = 512 + 1126.4 x 2 / 10 = 737.28; v = 224 + 1126.4 x 1.2 / 10 = 359.168.
  const [u, v] = camera.project([2, 0, 10]);
  expect(u).toBeCloseTo(737.28, 6);
  expect(v).toBeCloseTo(359.168, 6);
});

test('whatever is as high as the eye lies on the horizon, at any distance', () => {
  for (const z of [3, 30, 300]) expect(camera.project([1, 1.2, z])[1]).toBeCloseTo(224, 6);
});

test('at twice the distance a thing is half as large', () => {
  const heightAt = (z: number) => camera.project([0, 0, z])[1] - camera.project([0, 1.7, z])[1];
  // 1126.4 x 1.7 / 20 = 95.744
  expect(heightAt(20)).toBeCloseTo(95.744, 6);
  expect(heightAt(20) / heightAt(40)).toBeCloseTo(2, 6);
});

test('a bend moves things sideways with the square of the distance', () => {
  // 0.001 x 20² = 0.4 m, which is 1126.4 x 0.4 / 20 = 22.528 px.
  const bent = new Camera({ bend: 0.001 });
  const straight = new Camera();
  expect(bent.project([0, 0, 20])[0] - straight.project([0, 0, 20])[0]).toBeCloseTo(22.528, 6);
});

test('what lies behind the eye is cut off, what is outside the picture left out', () => {
  const behind = camera.polygon([0, 0, -5], [1, 0, -5], [1, 0, -1]);
  expect(behind).toBe('');
  // At z = 10 the right edge of the picture is at x = 512 x 10 / 1126.4 = 4.55 m.
  const square = (x: number) => camera.upright(x, 10).rectangle(0, 0, 1, 1);
  expect(square(4.4)).not.toBe('');
  expect(square(4.7)).toBe('');
});

test('paths are written in whole quarters of a nominal pixel', () => {
  expect(PATH_UNITS).toBe(4);
  // (737.28, 359.168) x 4 = (2949.12, 1436.672)
  const path = camera.upright(2, 10).line([0, 0], [0, 1.2]);
  expect(path.trim()).toBe('M2949 1437 2949 896');
});

test('faces that look at the eye are told from those that look away', () => {
  const left: [number, number, number] = [-1, 0, 10];
  const top: [number, number, number] = [0, 2, 10];
  const right: [number, number, number] = [1, 0, 10];
  expect(camera.facesEye([left, top, right])).toBe(true);
  expect(camera.facesEye([right, top, left])).toBe(false);
});
