/** Buttons that save the flows of the view. */
import type { ExportFormat, ExportPart } from '../protocol.ts';
import { h } from './dom.ts';

export interface ExportHost {
  part(format: ExportFormat, from: number): Promise<ExportPart>;
  say(message: string): void;
}

export function exportButtons(host: ExportHost): HTMLElement {
  const save = async (format: ExportFormat): Promise<void> => {
    const saver = await import('./save_flows.ts');
    await saver.save(format, host);
  };
  const button = (format: ExportFormat, label: string): HTMLElement =>
    h('button', { type: 'button', title: `Save the flows shown as ${label}`, click: () => void save(format) }, label);
  return h(
    'div',
    { class: 'export', role: 'group', 'aria-label': 'Export' },
    button('csv', 'CSV'),
    button('jsonl', 'JSON Lines'),
    button('parquet', 'Parquet'),
  );
}
