import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Argument, type Command, type CommandUnknownOpts, type Option } from '@commander-js/extra-typings';
import { allKeys } from '../configuration/schema-keys';
import { EXPERIMENT_FORMAT } from '../experiment/experiment-format';
import { isExperimentPath } from '../experiment/experiment-path';
import { isSweepPath } from '../experiment/sweep/sweep-file';
import { shellQuoted } from '../runner/slurm/job-script';
import { SLURM_FILE } from '../runner/slurm/slurm-settings';
import { PROJECT_ROOT } from '../setup/project.mjs';
import { listRuns } from './inspection/find-runs';
import { example } from './options';

/** Something that may stand at the cursor. */
export interface Candidate {
  value: string;
  description: string;
}

/** What arguments and options take, by `command argument` or by their name alone; of others, the shell offers files. */
const values: Record<string, () => string[]> = {
  'run file': () => [...experimentFiles().filter((file) => !isSweepPath(file)), ...runnableNotebooks()],
  'sweep file': () => experimentFiles().filter(isSweepPath),
  run: () => [...runNames(), ...experimentFiles().filter((file) => !isSweepPath(file))],
  runs: () => [...runNames(), ...experimentFiles()],
  set: () => allKeys(EXPERIMENT_FORMAT.schema).map((key) => `${key}=`),
};

/** `completion` prints a script for the shell; `complete` is what the script asks. Both know the commands from commander. */
export function addCompletionCommands(program: Command): void {
  program
    .command('completion')
    .description('print a script that lets a shell complete commands, options, experiments and runs')
    .addArgument(new Argument('<shell>').choices(Object.keys(scripts) as (keyof typeof scripts)[]))
    .addHelpText('after', example('completion bash') + instructions)
    .action((shell) => {
      const command = [process.execPath, path.join(PROJECT_ROOT, 'src', 'cli.ts')].map(shellQuoted).join(' ');
      process.stdout.write(scripts[shell](command));
    });

  program
    .command('complete', { hidden: true })
    .argument(
      '[words...]',
      'after --: what is typed so far behind the name of the program, the word at the cursor last',
    )
    .action((words) => {
      for (const { value, description } of candidates(program, words)) console.log(`${value}\t${description}`);
    });
}

/** @param words what is typed so far, the word at the cursor last */
export function candidates(program: CommandUnknownOpts, words: readonly string[]): Candidate[] {
  const current = words.at(-1) ?? '';
  let command = program;
  let position = 0;
  let awaiting: Option | undefined;
  for (const word of words.slice(0, -1)) {
    if (awaiting) awaiting = undefined;
    else if (word.startsWith('-'))
      awaiting = optionsOf(command).find((option) => option.required && [option.long, option.short].includes(word));
    else if (position === 0 && subcommand(command, word)) command = subcommand(command, word)!;
    else position += 1;
  }
  const starting = (found: Candidate[]) => found.filter(({ value }) => value.startsWith(current));
  if (awaiting) return starting(valuesOf(command, awaiting.attributeName(), awaiting.argChoices));
  if (current.startsWith('-')) {
    const options = optionsOf(command).filter((option) => !option.hidden && option.long);
    return starting(options.map(({ long, description }) => ({ value: long!, description })));
  }
  if (command.commands.length > 0) {
    const visible = command.createHelp().visibleCommands(command);
    return starting(visible.map((each) => ({ value: each.name(), description: each.description() })));
  }
  const { registeredArguments: all } = command;
  const argument = all[position] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined);
  return argument ? starting(valuesOf(command, argument.name(), argument.argChoices)) : [];
}

function subcommand(command: CommandUnknownOpts, name: string): CommandUnknownOpts | undefined {
  return command.commands.find((each) => each.name() === name || each.aliases().includes(name));
}

/** A command's options, and those that every command takes. */
function optionsOf(command: CommandUnknownOpts): Option[] {
  const help = command.createHelp();
  const global = command.parent ? command.parent.options.filter(({ long }) => long !== '--version') : [];
  return [...help.visibleOptions(command), ...global];
}

function valuesOf(command: CommandUnknownOpts, name: string, choices: readonly string[] | undefined): Candidate[] {
  const found = choices ?? (values[`${command.name()} ${name}`] ?? values[name])?.() ?? [];
  return found.map((value) => ({ value, description: '' }));
}

const runNames = () => listRuns().map(({ name }) => name);

function experimentFiles(): string[] {
  return filesBelow('experiments').filter((file) => isExperimentPath(file) && file !== SLURM_FILE);
}

function runnableNotebooks(): string[] {
  return filesBelow('notebooks').filter((file) => file.endsWith('.ipynb') && !file.includes('.ipynb_checkpoints'));
}

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return files.map((file) => path.posix.join(folder, file)).sort();
}

const instructions = `

In a shell, or in the file that it reads first:
  bash  source <(npx bun run roadseg completion bash)
  zsh   source <(npx bun run roadseg completion zsh)
  fish  npx bun run roadseg completion fish | source`;

/** Each defines `roadseg`, unless there is such a program, and has it asked what may come next. */
const scripts = {
  bash: (command: string) => `command -v roadseg > /dev/null || roadseg() { ${command} "$@"; }
_roadseg() {
  local candidate
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("$candidate")
  done < <(roadseg complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
  # The value comes right behind the sign.
  [[ \${COMPREPLY[0]} == *= ]] && compopt -o nospace
  return 0
}
complete -o default -F _roadseg roadseg
`,
  zsh: (command: string) => `(( $+commands[roadseg] )) || roadseg() { ${command} "$@" }
_roadseg() {
  local line suffix=' '
  local -a found described
  for line in "\${(@f)$(roadseg complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}"; do
    [[ -n $line ]] || continue
    found+=("\${line%%$'\\t'*}")
    described+=("\${line%%$'\\t'*}  \${line#*$'\\t'}")
    [[ \${line%%$'\\t'*} == *= ]] && suffix=''
  done
  if (( $#found )); then compadd -S "$suffix" -l -d described -- "\${found[@]}"; else _files; fi
}
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit }
compdef _roadseg roadseg
`,
  fish: (command: string) => `type -q roadseg; or function roadseg; ${command} $argv; end
function __roadseg_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (roadseg complete -- $words[2..-1] 2> /dev/null)
  if count $found > /dev/null; printf '%s\\n' $found; else; __fish_complete_path (commandline -ct); end
end
complete -c roadseg -f -a '(__roadseg_complete)'
`,
};
