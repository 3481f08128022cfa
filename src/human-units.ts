/** `4.2 s`, or `4 s` in whole seconds; `3 min 05 s`, `2 h 07 min`, `1 d 03 h`. */
export function durationText(seconds: number, { tenths = true }: { tenths?: boolean } = {}): string {
  if (tenths && seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const [minutes, hours, days] = [60, 3600, 86_400].map((unit) => Math.floor(whole / unit));
  const two = (value: number) => String(value).padStart(2, '0');
  if (days > 0) return `${days} d ${two(hours % 24)} h`;
  if (hours > 0) return `${hours} h ${two(minutes % 60)} min`;
  if (minutes > 0) return `${minutes} min ${two(whole % 60)} s`;
  return `${whole} s`;
}

/** `812 B`, `3.4 MB`: units of a thousand. */
export function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let power = 0;
  // What would be written as 1000.0 of a unit is 1.0 of the next.
  while (power < units.length - 1 && bytes / 1000 ** power >= (power > 0 ? 999.95 : 1000)) power += 1;
  return `${(bytes / 1000 ** power).toFixed(power > 0 ? 1 : 0)} ${units[power]}`;
}

/** `2026-05-09 14:30`, by the clock of the place. */
export function timeText(milliseconds: number): string {
  return new Date(milliseconds).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}
