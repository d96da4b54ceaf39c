/** Draws any diagram. Loaded when the first one is shown. */
import type { Diagram } from '../../protocol.ts';
import { drawGantt } from './gantt.ts';
import { drawHosts } from './host_graph.ts';
import { drawSankey } from './sankey.ts';
import { drawScatter } from './scatter.ts';

export interface DiagramHost {
  pick(where: string): void;
  open(index: number): void;
}

export function draw(diagram: Diagram, host: DiagramHost): HTMLElement {
  switch (diagram.kind) {
    case 'sankey':
      return drawSankey(diagram, (where) => host.pick(where));
    case 'hosts':
      return drawHosts(diagram, (where) => host.pick(where));
    case 'scatter':
      return drawScatter(diagram, (where) => host.pick(where));
    case 'timeline':
      return drawGantt(diagram, (index) => host.open(index));
  }
}
