/** Expectations that stand at the end of the lines of a fixture. */

export interface Marker {
  readonly line: number;
  readonly rule: string;
}

/** `# leak: rule-id`: a finding of the rule must start on this line. */
export function leakMarkers(source: string): Marker[] {
  return source.split('\n').flatMap((text, index) => {
    const rule = /#\s*leak:\s*([\w-]+)/.exec(text)?.[1];
    return rule ? [{ line: index + 1, rule }] : [];
  });
}
