/** Looks for `/leakcheck` in a comment. */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/**
 * The command counts when it stands alone on a line: not quoted, not in a code block, not in an HTML comment, so that a
 * text about the command does not run it.
 */
export function hasCommand(body: string): boolean {
  let fence: string | undefined;
  for (const line of withoutHtmlComments(body).split(/\r\n|\r|\n/)) {
    const mark = FENCE.exec(line)?.[1];
    if (fence !== undefined) {
      // A block ends at a fence of its own kind, at least as long, with nothing behind it.
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined;
    } else if (mark !== undefined) {
      fence = mark;
    } else if (/^ {0,3}\/leakcheck[ \t]*$/.test(line)) {
      return true;
    }
  }
  return false;
}

/** One that is never closed hides the rest, as on GitHub. */
function withoutHtmlComments(body: string): string {
  return body.replace(/<!--.*?(?:-->|$)/gs, (comment) => comment.replace(/[^\n]/g, ''));
}
