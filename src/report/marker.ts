/**
 * The hidden mark by which we know our own comments again. Signed, because code under review can hold a text that looks
 * like one.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const MARKER = /<!-- leakcheck:([\w.-]{1,64}):([0-9a-f]{32}) -->/g;

/** @param scope where the mark is good, such as `owner/name#1`: a copy elsewhere is none */
export function marker(key: string, scope: string, fingerprint: string): string {
  return `<!-- leakcheck:${fingerprint}:${signature(key, scope, fingerprint)} -->`;
}

/** The fingerprints of the genuine marks in a text. */
export function markedFingerprints(key: string, scope: string, text: string): string[] {
  return [...text.matchAll(MARKER)].flatMap(([, fingerprint = '', signed = '']) =>
    timingSafeEqual(Buffer.from(signed), Buffer.from(signature(key, scope, fingerprint)))
      ? [fingerprint]
      : [],
  );
}

function signature(key: string, scope: string, fingerprint: string): string {
  return createHmac('sha256', key).update(`${scope}\0${fingerprint}`).digest('hex').slice(0, 32);
}
