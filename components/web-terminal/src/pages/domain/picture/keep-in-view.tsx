/** Shows the whole picture, beside the side panel where there is room, until somebody has moved it; what was chosen always. */
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
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when something else is chosen, not whenever boxes are made anew
  useEffect(() => {
    if (paneWidth === 0 || paneHeight === 0) return;
    const bounds = { x: 0, y: 0, width, height };
    const whole = () => getViewportForBounds(bounds, paneWidth, paneHeight, zoomRange.min, 1, `${padding}px`);
    const view = moved ? flow.getViewport() : whole();
    const hidden = (right: number) => (covered > 0 ? right * view.zoom + view.x + padding - (paneWidth - covered) : 0);
    const roomAtLeft = moved ? 0 : view.x - padding;
    const aside = Math.max(0, Math.min(hidden(width), roomAtLeft), box ? hidden(box.x + box.width) : 0);
    if (moved && aside === 0) return;
    void flow.setViewport({ ...view, x: view.x - aside }, { duration: fitted.current ? duration : 0 });
    fitted.current = true;
  }, [flow, moved, width, height, paneWidth, paneHeight, covered, box?.x, box?.y]);
  return null;
}
