/** Starts the page: files by drop or by choice, keys. */
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
