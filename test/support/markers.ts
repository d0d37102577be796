/** Expectations that stand at the end of the lines of a fixture. */

export interface Marker {
  readonly line: number;
  readonly rule: string;
  /** The confidence that the finding must have; undefined where it is that of the rule. */
  readonly confidence: string | undefined;
}

/** `# leak: rule-id`: a finding of the rule must start on this line; `# leak: rule-id low` says with less confidence. */
export function leakMarkers(source: string): Marker[] {
  return source.split('\n').flatMap((text, index) => {
    const [, rule, confidence] = /#\s*leak:\s*([\w-]+)(?:\s+(\w+))?/.exec(text) ?? [];
    return rule ? [{ line: index + 1, rule, confidence }] : [];
  });
}
