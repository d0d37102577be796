/** A review as it was meant, and as it is posted where GitHub takes no comments on its lines. */
import { code } from '../report/markdown.ts';
import { MAX_TEXT } from './limits.ts';
import type { PublishedReview } from './ports.ts';

/** @param posted reviews of ours */
export function wasPosted(
  posted: readonly { readonly head: string; readonly body: string }[],
  review: PublishedReview,
): boolean {
  const forms = [plain(review.body), plain(withoutThreads(review).body)];
  return posted.some(({ head, body }) => head === review.head && forms.includes(plain(body)));
}

/** GitHub trims, and may hand out other line ends. */
function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').trim();
}

/**
 * The same review without threads: what GitHub takes when a line is not in the diff that it knows, as after a
 * force-push. Nothing that was found gets lost.
 */
export function withoutThreads(review: PublishedReview): PublishedReview {
  const texts = review.comments.map(({ path, line, body }) => `**${code(path)}, line ${line}**\n\n${body}`);
  return { ...review, body: whole([review.body, ...texts]), comments: [] };
}

/** As many of the texts as fit, none of them cut: half a fence would swallow the rest. */
function whole(texts: readonly string[]): string {
  const left = 'More did not fit here; the check lists all.';
  let body = '';
  for (const text of texts.filter((part) => part !== '')) {
    const longer = body === '' ? text : `${body}\n\n---\n\n${text}`;
    if (longer.length + left.length + 2 > MAX_TEXT) return `${body}\n\n${left}`;
    body = longer;
  }
  return body;
}
