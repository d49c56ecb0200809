/** Of the side panel beside the picture, in pixels; the picture moves out from under it. */
export const panelWidth = 480;
