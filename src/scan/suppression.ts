/** Comments by which people silence a finding: ours, and those of linters that know the same defect. */
import type { FileFacts } from '../facts/file-facts.ts';
import type { Node } from '../python/node.ts';
import type { Rule } from './rule.ts';

interface Suppression {
  readonly line: number;
  /** Rule ids of ours, or codes of other linters. */
  readonly names: ReadonlySet<string>;
}

const MENTIONS = /leakcheck|noqa|pylint/i;
const OURS = /#\s*leakcheck:\s*ignore\[([^\]]*)\]/g;
const NOQA = /#\s*noqa:\s*([A-Z]+\d+(?:[\s,]+[A-Z]+\d+)*)/gi;
const PYLINT = /#\s*pylint:\s*disable=([\w,\s-]+)/g;

export class Suppressions {
  readonly #file: FileFacts;
  readonly #comments: Suppression[];

  constructor(file: FileFacts) {
    this.#file = file;
    this.#comments = file.tree.comments.flatMap(({ start, end }) => {
      const text = file.tree.source.slice(start, end);
      if (!MENTIONS.test(text)) return [];
      const names = [OURS, NOQA, PYLINT].flatMap((form) =>
        [...text.matchAll(form)].flatMap(([, list = '']) => list.split(/[\s,]+/).filter(Boolean)),
      );
      return names.length > 0 ? [{ line: file.lines.line(start), names: new Set(names) }] : [];
    });
  }

  /** Whether the rule is silenced for the anchor: on its own lines, or on the line of the `def` or `class` around it. */
  silences(rule: Rule, anchor: Node): boolean {
    if (this.#comments.length === 0) return false;
    const names = [rule.id, ...(rule.knownAs ?? [])];
    const { line } = this.#file.headRange(anchor).start;
    const lines = new Set([line, ...this.#definitionLines(anchor)]);
    return this.#comments.some(
      (comment) => lines.has(comment.line) && names.some((name) => comment.names.has(name)),
    );
  }

  #definitionLines(anchor: Node): number[] {
    const lines: number[] = [];
    for (let node: Node | undefined = anchor; node; node = node.parent) {
      const definition = node.type === 'decorated_definition' ? node.child('definition') : node;
      if (definition?.type === 'function_definition' || definition?.type === 'class_definition') {
        lines.push(this.#file.line(definition));
      }
    }
    return lines;
  }

  /** Rule ids in our own comments that no rule has, with their lines. */
  unknown(ids: ReadonlySet<string>): { line: number; id: string }[] {
    if (this.#comments.length === 0) return [];
    return this.#file.tree.comments.flatMap(({ start, end }) =>
      [...this.#file.tree.source.slice(start, end).matchAll(OURS)].flatMap(([, list = '']) =>
        list
          .split(/[\s,]+/)
          .filter((id) => id && !ids.has(id))
          .map((id) => ({ line: this.#file.lines.line(start), id })),
      ),
    );
  }
}
