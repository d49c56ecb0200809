/** Shows the whole picture, until somebody has moved it; and brings what was chosen out from under the side panel. */
import { getViewportForBounds, useReactFlow, useStore } from '@xyflow/react';
import { useEffect, useRef } from 'react';
import type { Box, Laid } from './lay-out.ts';

export const zoomRange = { min: 0.2, max: 1.5 } as const;
const padding = 24;
const duration = 300;

interface KeepInViewProps {
  laid: Laid;
  moved: boolean;
  /** Of what was chosen. */
  box: Box | undefined;
  /** What the side panel covers at the right, in pixels. */
  covered: number;
}

export function KeepInView({ laid: { width, height }, moved, box, covered }: KeepInViewProps) {
  const flow = useReactFlow();
  const paneWidth = useStore((store) => store.width);
  const paneHeight = useStore((store) => store.height);
  const fitted = useRef(false);
  useEffect(() => {
    if (moved || paneWidth === 0 || paneHeight === 0) return;
    const bounds = { x: 0, y: 0, width, height };
    const view = getViewportForBounds(bounds, paneWidth, paneHeight, zoomRange.min, 1, `${padding}px`);
    void flow.setViewport(view, { duration: fitted.current ? duration : 0 });
    fitted.current = true;
  }, [flow, moved, width, height, paneWidth, paneHeight]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: only when something else is chosen, not whenever boxes are made anew
  useEffect(() => {
    if (!box || covered === 0) return;
    const view = flow.getViewport();
    const overlap = (box.x + box.width) * view.zoom + view.x + padding - (paneWidth - covered);
    if (overlap > 0) void flow.setViewport({ ...view, x: view.x - overlap }, { duration });
  }, [flow, box?.x, box?.y, covered, paneWidth]);
  return null;
}
