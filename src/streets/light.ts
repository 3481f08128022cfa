import type { Random } from '../random';
import type { Camera, Point3 } from './camera';
import { mix, type Rgb } from './color';

/** Everything the hour and the weather decide. */
export interface Light {
  /** Unit vector towards the sun. */
  readonly sun: Point3;
  /** What a surface facing the sun receives from it, by channel. */
  readonly direct: Rgb;
  /** What a surface facing up receives from the sky, by channel. */
  readonly ambient: Rgb;
  /** Colour that distant things fade to. */
  readonly haze: Rgb;
  /** Metres at which 63 % of a colour is haze. */
  readonly visibility: number;
  /** Colours of the sky overhead and at the horizon. */
  readonly zenith: Rgb;
  readonly skyline: Rgb;
  /** How much of the sky is cloud, 0 to 1. */
  readonly clouds: number;
  /** Opacity of a cast shadow, 0 to 1. */
  readonly shadow: number;
}

/** What every part of a scene is drawn with. */
export interface Stage {
  readonly camera: Camera;
  readonly light: Light;
}

/** What a kind of weather decides of the light, and within which limits the rest is drawn. */
interface Conditions extends Omit<Light, 'sun' | 'visibility' | 'clouds'> {
  /** Of the sun, in degrees. */
  elevation: readonly [number, number];
  visibility: readonly [number, number];
  clouds: readonly [number, number];
}

const CONDITIONS = {
  clear: {
    elevation: [35, 58],
    direct: [0.62, 0.58, 0.5],
    ambient: [0.66, 0.68, 0.72],
    haze: [196, 210, 224],
    visibility: [420, 800],
    zenith: [92, 142, 204],
    skyline: [196, 216, 234],
    clouds: [0.1, 0.55],
    shadow: 0.42,
  },
  overcast: {
    elevation: [40, 60],
    direct: [0.12, 0.12, 0.12],
    ambient: [1, 1.01, 1.02],
    haze: [198, 202, 206],
    visibility: [260, 520],
    zenith: [178, 186, 196],
    skyline: [222, 226, 228],
    clouds: [0.8, 1],
    shadow: 0.1,
  },
  hazy: {
    elevation: [30, 50],
    direct: [0.32, 0.3, 0.26],
    ambient: [0.84, 0.84, 0.84],
    haze: [206, 208, 206],
    visibility: [95, 190],
    zenith: [176, 192, 208],
    skyline: [220, 222, 220],
    clouds: [0.2, 0.7],
    shadow: 0.24,
  },
  lowSun: {
    elevation: [16, 30],
    direct: [0.86, 0.62, 0.36],
    ambient: [0.62, 0.6, 0.62],
    haze: [228, 206, 178],
    visibility: [240, 480],
    zenith: [110, 144, 192],
    skyline: [246, 220, 182],
    clouds: [0.15, 0.6],
    shadow: 0.4,
  },
} satisfies Record<string, Conditions>;

export function createLight(random: Random): Light {
  const weather = random.weighted({ clear: 4, overcast: 3, hazy: 1.5, lowSun: 2 });
  const { elevation: heights, visibility, clouds, direct, ambient, ...same }: Conditions = CONDITIONS[weather];
  const elevation = (random.uniform(...heights) * Math.PI) / 180;
  // To the side rather than ahead or behind, so that one row of façades is lit and shadows show.
  const azimuth = random.pick([-1, 1]) * random.uniform(0.5, 2.5);
  const exposure = random.uniform(0.9, 1.1);
  const warmth = random.normal(0, 0.025);
  const expose = ([red, green, blue]: Rgb): Rgb => [
    red * exposure * (1 + warmth),
    green * exposure,
    blue * exposure * (1 - warmth),
  ];
  return {
    ...same,
    sun: [Math.cos(elevation) * Math.sin(azimuth), Math.sin(elevation), Math.cos(elevation) * Math.cos(azimuth)],
    direct: expose(direct),
    ambient: expose(ambient),
    visibility: random.uniform(...visibility),
    clouds: random.uniform(...clouds),
  };
}

/**
 * @param color of the material in white light.
 * @param normal unit vector that points out of the surface.
 * @param distance metres from the eye.
 * @returns the colour the camera sees: Lambert's law, the sky's light, then haze.
 */
export function shade(light: Light, color: Rgb, normal: Point3, distance: number): Rgb {
  const { sun, direct, ambient, haze, visibility } = light;
  const facing = Math.max(0, normal[0] * sun[0] + normal[1] * sun[1] + normal[2] * sun[2]);
  const open = 0.84 + 0.16 * normal[1];
  const lit: Rgb = [
    color[0] * (ambient[0] * open + direct[0] * facing),
    color[1] * (ambient[1] * open + direct[1] * facing),
    color[2] * (ambient[2] * open + direct[2] * facing),
  ];
  return mix(lit, haze, 1 - Math.exp(-distance / visibility));
}

/** As {@link shade}, for round things that have no one normal: lit half-way, towards the eye. */
export function shadeRound(light: Light, color: Rgb, distance: number, towardsSun = 0.5): Rgb {
  const normal: Point3 = [light.sun[0] * towardsSun, light.sun[1] * towardsSun, light.sun[2] * towardsSun];
  return shade(light, color, normal, distance);
}
