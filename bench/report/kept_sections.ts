/** Sections of docs/benchmarks.md that are not of `npm run bench:publish`. */

/** They are behind this, and stay when the rest of the document is written again. */
export const KEPT = '<!-- sections with commands of their own -->';

/** The document with the section under this title, at its place or at the end. */
export function withSection(document: string, title: string, text: string): string {
  const [rest = '', kept = ''] = document.split(KEPT);
  const sections = kept.split(/^(?=## )/m).filter((section) => section.trim() !== '');
  const place = sections.findIndex((section) => section.startsWith(`## ${title}\n`));
  sections.splice(place === -1 ? sections.length : place, place === -1 ? 0 : 1, `## ${title}\n\n${text}`);
  return `${rest.trimEnd()}\n\n${KEPT}\n\n${sections.map((section) => section.trim()).join('\n\n')}\n`;
}
