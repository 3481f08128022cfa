import type { RunView } from './run-view';

/** What one of several runs tells, until its turn has come. */
interface Turn {
  waiting: (() => void)[];
  hasEnded: boolean;
}

/**
 * One view for runs that go on side by side, so that their lines do not mix: the run that began first is shown as it goes,
 * and what another one tells meanwhile when its turn has come, at once as far as it is.
 */
export class ViewsInTurn {
  /** In the order in which they began; the first is the one that is shown. */
  private readonly turns: Turn[] = [];

  constructor(private readonly view: RunView) {}

  /** For the next run. */
  begin(): { view: RunView; end(): void } {
    const turn: Turn = { waiting: [], hasEnded: false };
    this.turns.push(turn);
    const inTurn = Object.entries(this.view).map(([event, tell]) => {
      const told = (...about: unknown[]) => {
        const show = () => (tell as (...about: unknown[]) => void)(...about);
        if (this.turns[0] === turn) show();
        else turn.waiting.push(show);
      };
      return [event, told];
    });
    const end = () => {
      turn.hasEnded = true;
      this.showEnded();
    };
    return { view: Object.fromEntries(inTurn) as RunView, end };
  }

  private showEnded(): void {
    while (this.turns[0]?.hasEnded) {
      this.turns.shift();
      for (const show of this.turns[0]?.waiting.splice(0) ?? []) show();
    }
  }
}
