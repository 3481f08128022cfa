import { durationText, timeText } from '../../human-units';
import type { Paint } from '../../runner/console/console-style';
import { type RunState, secondsOf } from '../../runner/runs/situation';
import { distinctions, scoreNames } from '../../study/settings-comparison';
import { formatScore, toText } from '../../tables/tables';
import { type FoundRun, withResults } from './find-runs';

/** The scores that a list has room for: of each metric one. */
const KEY_SCORES = /^(validation loss|mean IoU)/;
/** Characters that a list has room for, of what sets a run apart. */
const LONGEST = 60;

const stateColors: Partial<Record<RunState, 'green' | 'red' | 'cyan' | 'yellow'>> = {
  finished: 'green',
  failed: 'red',
  interrupted: 'yellow',
  running: 'cyan',
};

/** One line per run: what sets it apart from others of its name, state, when, how long, epochs, the key scores. */
export function runListText(runs: readonly FoundRun[], paint: Paint = (_format, text) => text): string {
  const compared = runs.map(withResults);
  const names = scoreNames(compared).filter((name) => KEY_SCORES.test(name));
  const settings = distinctions(compared).map((text) =>
    text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text,
  );
  const differ = settings.some((text) => text !== '');
  return toText({
    header: ['run', ...(differ ? ['settings'] : []), 'state', 'changed', 'time', 'epochs', ...names],
    rows: runs.map((run, index) => {
      const { history, scores } = compared[index].results;
      const seconds = secondsOf(run);
      return [
        run.name,
        ...(differ ? [settings[index]] : []),
        stateColors[run.state] ? paint(stateColors[run.state]!, run.state) : run.state,
        timeText(run.changed),
        seconds === undefined ? '' : durationText(seconds),
        history.length > 0 ? String(history.length) : '',
        ...names.map((name) => (name in scores ? formatScore(scores[name] ?? Number.NaN) : '')),
      ];
    }),
    text: differ ? [0, 1, 2, 3] : [0, 1, 2],
  });
}
