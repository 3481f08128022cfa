import { labelNamed } from '../labels';
import { createRandom, type Random } from '../random';
import { PICTURE_HEIGHT } from './camera';
import type { Scene } from './scene';

const TILE = 256;
const TILE_MASK = TILE - 1;

type Surface = 'plain' | 'sky' | 'ground' | 'grass' | 'leaves' | 'wall';

const SURFACES: Readonly<Record<string, Surface>> = {
  sky: 'sky',
  road: 'ground',
  sidewalk: 'ground',
  parking: 'ground',
  'rail track': 'ground',
  terrain: 'grass',
  vegetation: 'leaves',
  building: 'wall',
  wall: 'wall',
  fence: 'wall',
};

/** Surface by label id. */
const SURFACE_OF: readonly Surface[] = (() => {
  const table: Surface[] = new Array(256).fill('plain');
  for (const [name, surface] of Object.entries(SURFACES)) table[labelNamed(name).id] = surface;
  return table;
})();

/** Mean brightness that the camera's exposure aims for, half-way. */
const EXPOSURE_TARGET = 116;

/**
 * Gives the flat picture what materials have and what a camera adds: asphalt, leaves, stains and clouds; exposure,
 * contrast, vignette and film grain. Changes `image` in place.
 *
 * @param image [height, width, 3], 0 to 255
 * @param labelIds [height, width]
 * @param brightness mean of the picture that the exposure is set by, 0 to 255: its own, or that of the scene before an edit
 */
export function addTexture(
  image: Uint8Array,
  labelIds: Uint8Array,
  { width, height }: { width: number; height: number },
  { camera, light }: Scene,
  random: Random,
  brightness: number,
): void {
  const { grain } = tiles();
  const surface = surfaces(random.fork('surfaces'));
  const exposure = Math.sqrt(EXPOSURE_TARGET / brightness) * random.uniform(0.94, 1.08);
  const contrast = random.uniform(0.96, 1.14);
  const lift = random.uniform(-6, 6);
  const noise = random.uniform(1, 3.2);
  const vignette = random.uniform(0.02, 0.08);
  const cloudColor = light.skyline.map((value) => value * 0.35 + 255 * 0.63);
  const clamped = new Uint8ClampedArray(image.buffer, image.byteOffset, image.length);
  const nominal = PICTURE_HEIGHT / height;
  const [vanishingU, horizon] = camera.vanishing;
  let grainAt = random.integer(TILE * TILE);

  for (let row = 0; row < height; row++) {
    const v = (row + 0.5) * nominal;
    const z = (camera.focal * camera.eyeHeight) / Math.max(v - horizon, 0.5);
    const elevation = Math.max(horizon - v, 0) / PICTURE_HEIGHT + 0.06;
    const down = (2 * row) / height - 1;
    for (let column = 0; column < width; column++) {
      const u = (column + 0.5) * nominal;
      const pixel = row * width + column;
      const material = SURFACE_OF[labelIds[pixel]];
      const cloud = material === 'sky' ? surface.cloud((u - vanishingU) / PICTURE_HEIGHT, elevation, light.clouds) : 0;
      const across = (2 * column) / width - 1;
      const edge = 1 - vignette * (across * across + down * down);
      const gain = exposure * edge * surface.gain(material, u, v, ((u - vanishingU) * z) / camera.focal, z);
      const shared = 118 * (1 - contrast) + lift + noise * grain[grainAt];
      grainAt = (grainAt + 1) & (TILE * TILE - 1);
      for (let at = pixel * 3, channel = 0; channel < 3; channel++, at++) {
        const value = image[at] + (cloudColor[channel] - image[at]) * cloud;
        clamped[at] = value * gain * contrast + shared;
      }
    }
    grainAt = (grainAt + row * 37) & (TILE * TILE - 1);
  }
}

/** The materials of one scene: where on the noise they lie and how worn they are. */
function surfaces(random: Random) {
  const { smooth } = tiles();
  const offsetU = random.integer(TILE);
  const offsetV = random.integer(TILE);
  const wear = random.uniform(0.6, 1.3);
  /** Noise from -0.5 to 0.5. */
  const noise = (x: number, y: number) =>
    smooth[(((Math.floor(y) + offsetV) & TILE_MASK) << 8) | ((Math.floor(x) + offsetU) & TILE_MASK)] - 0.5;
  return {
    /** Brightness factor at the picture point (u, v), which on the ground is the world point (x, z). */
    gain(material: Surface, u: number, v: number, x: number, z: number): number {
      // Grain on the ground blurs with distance.
      const nearness = Math.min(1, 14 / z);
      if (material === 'ground')
        return 1 + wear * (0.13 * noise(x * 9, z * 3) + 0.3 * nearness * noise(x * 60, z * 24));
      if (material === 'grass') return 1 + 0.35 * noise(x * 14, z * 6) + 0.5 * nearness * noise(x * 90, z * 20);
      if (material === 'leaves') {
        // Turned, so that the noise's rows and columns do not show.
        const [across, down] = [u + 0.4 * v, v - 0.4 * u];
        return 1 + 0.25 * noise(u, v) + 0.5 * noise(across * 3.1, down * 3.1) + 0.5 * noise(across * 8.3, down * 8.3);
      }
      if (material === 'wall') return 1 + 0.2 * noise(u * 0.35, v * 0.2) + 0.12 * noise(u * 3, v * 3);
      return 1;
    },
    /** How much of a cloud covers a point of the sky, 0 to 0.8; clouds draw together towards the horizon. */
    cloud(across: number, elevation: number, cover: number): number {
      const x = across / elevation;
      const y = 1 / elevation;
      const value = 0.5 + 0.62 * noise(x * 26, y * 26) + 0.38 * noise(x * 70 + 90, y * 70);
      return 0.8 * Math.max(0, Math.min(1, (value - 0.62 + cover * 0.42) * 3.2));
    },
  };
}

/** @returns the mean of all channels of all pixels, 0 to 255 */
export function meanBrightness(values: Uint8Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

let cachedTiles: { smooth: Float32Array; grain: Float32Array } | undefined;

/** Two tiles of noise that repeat without a seam: octaves of value noise from 0 to 1, and normally distributed grain. */
function tiles(): { smooth: Float32Array; grain: Float32Array } {
  if (cachedTiles) return cachedTiles;
  const random = createRandom('noise tiles');
  const smooth = new Float32Array(TILE * TILE);
  let total = 0;
  for (let period = 64, weight = 1; period >= 2; period /= 2, weight *= 0.62) {
    addValueNoise(smooth, period, weight, random);
    total += weight;
  }
  for (let i = 0; i < smooth.length; i++) smooth[i] = Math.max(0, Math.min(1, (smooth[i] / total - 0.5) * 1.9 + 0.5));
  const grain = new Float32Array(TILE * TILE);
  for (let i = 0; i < grain.length; i++) grain[i] = random.normal();
  cachedTiles = { smooth, grain };
  return cachedTiles;
}

function addValueNoise(target: Float32Array, period: number, weight: number, random: Random): void {
  const cells = TILE / period;
  const lattice = Float32Array.from({ length: cells * cells }, () => random.next());
  const ease = (t: number) => t * t * (3 - 2 * t);
  for (let y = 0; y < TILE; y++) {
    const top = Math.floor(y / period);
    const bottom = (top + 1) % cells;
    const ty = ease((y % period) / period);
    for (let x = 0; x < TILE; x++) {
      const left = Math.floor(x / period);
      const right = (left + 1) % cells;
      const tx = ease((x % period) / period);
      const upper = lattice[top * cells + left] * (1 - tx) + lattice[top * cells + right] * tx;
      const lower = lattice[bottom * cells + left] * (1 - tx) + lattice[bottom * cells + right] * tx;
      target[y * TILE + x] += weight * (upper * (1 - ty) + lower * ty);
    }
  }
}
