/** Characters that change how other characters are shown are written out, so that text from analysed code cannot deceive. */

// Controls (but tab and line feed), soft hyphen, zero-width, bidirectional and other invisible format characters, lone surrogates, tags.
const INVISIBLE =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|\p{Surrogate}/gu;

/** `\u{202e}` for what cannot be seen; line breaks become `\n`, tabs stay. */
export function visible(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16).padStart(2, '0')}}`;
  });
}

export function isVisible(text: string): boolean {
  return visible(text) === text.replace(/\r\n?/g, '\n');
}

/** On one line. */
export function oneLine(text: string): string {
  return visible(text).replace(/\s+/gu, ' ').trim();
}

/** At most this many code points; what was cut shows as an ellipsis. */
export function cap(text: string, maximum: number): string {
  if (text.length <= maximum) return text;
  const points = Array.from(text);
  return points.length <= maximum ? text : `${points.slice(0, maximum - 1).join('')}…`;
}
