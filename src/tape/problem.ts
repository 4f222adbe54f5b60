// The one error of this room: what is wrong with which file, where in it, and what to do about it, in one line.
// It never carries data of the file beyond the offending piece.

export class TapeProblem extends Error {
  override readonly name = 'TapeProblem';

  /** `where` names a line, a block or nothing (''); `what` is the fault; `remedy` what the user can do. */
  constructor(
    readonly file: string,
    readonly where: string,
    readonly what: string,
    readonly remedy: string,
  ) {
    super(`${file}${where === '' ? '' : `, ${where}`}: ${what}; ${remedy}`);
  }
}

/** Turns an error of the file system into a TapeProblem; anything else is passed on unchanged. */
export function fileProblem(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  const made = (what: string, remedy: string): TapeProblem =>
    new TapeProblem(file, '', what, remedy);
  switch (error.code) {
    case 'ENOENT':
      return made('no such file', 'check the path');
    case 'EISDIR':
      return made('is a directory, not a file', 'name the file in it');
    case 'ENOTDIR':
      return made('a part of this path is a file, not a folder', 'check the path');
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return made('permission denied', 'check who owns the file and its folder');
    case 'ENOSPC':
    case 'EDQUOT':
      return made('the disk is full', 'free some space or write elsewhere');
    default:
      return made(error.message, 'check the file and its disk');
  }
}
