/** Starts the page: files by drop or by choice, keys. */
import { messageOf } from '../../src/errors.ts';
import { App } from './app.ts';

const app = new App();
document.body.append(app.element);

for (const type of ['dragover', 'dragenter'] as const) {
  addEventListener(type, (event) => {
    event.preventDefault();
    document.body.classList.add('is-dragging');
  });
}
addEventListener('dragleave', (event) => {
  if (event.relatedTarget === null) document.body.classList.remove('is-dragging');
});
addEventListener('drop', (event) => {
  event.preventDefault();
  document.body.classList.remove('is-dragging');
  app.openFiles([...(event.dataTransfer?.files ?? [])]);
});
addEventListener('keydown', (event) => app.key(event));

async function openServed(): Promise<void> {
  try {
    const { servedCaptures } = await import('./served.ts');
    const sources = await servedCaptures();
    if (sources.length > 0) void app.open(sources);
  } catch (error) {
    app.say(`the captures cannot be read from the server: ${messageOf(error)}`);
  }
}

// The token of a server that offers captures is there.
if (location.hash !== '') void openServed();
