import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readProvenance } from '../../experiment/provenance';
import type { Run } from '../../experiment/run-folder';
import { type ComparedModel, runLabel } from '../../study/compared-model';
import type { NotebookLink, ReportRun } from './models-section';

/** What a report says of each run: configuration, provenance, notebooks. */
export function reportRuns(models: readonly ComparedModel[], report: Run): ReportRun[] {
  return models.flatMap((model) =>
    model.runs.map((each) => ({
      label: runLabel(model, each),
      folder: each.run.folder,
      configuration: readFileSync(each.run.path('experiment.yaml'), 'utf8'),
      provenance: readProvenance(each.run.path()),
      notebooks: executedNotebooks(each.run, report),
    })),
  );
}

/** The notebooks that were executed in a run's folder, relative to a report's; as HTML where that was made. */
export function executedNotebooks(run: Run, report: Run): NotebookLink[] {
  const folder = run.path('notebooks');
  const files = existsSync(folder) ? readdirSync(folder).sort() : [];
  return files
    .filter((file) => file.endsWith('.ipynb'))
    .map((file) => {
      const name = path.basename(file, '.ipynb');
      const shown = files.includes(`${name}.html`) ? `${name}.html` : file;
      const href = path.relative(report.path(), path.join(folder, shown)).split(path.sep).map(encodeURIComponent);
      return { name, href: href.join('/') };
    });
}
