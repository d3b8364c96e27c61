/** What a command gets from the program. */

import type { ExitCode } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

export interface CommandContext {
  readonly terminal: Terminal;
  /** Everything behind the program's name, as given. */
  readonly arguments: readonly string[];
  /** Called once, at the command's end. */
  readonly exitWith: (code: ExitCode) => void;
}
