/**
 * Shows in the lanes how far the run has come: what is later fades, and a message that is under way is drawn down to
 * the line of the present only, with an open end.
 */

const SVG = 'http://www.w3.org/2000/svg';

export function drawMoment(lanes: HTMLElement, number: number): void {
  for (const sign of lanes.querySelectorAll<SVGElement>('.signs > *')) {
    sign.classList.toggle('later', Number(sign.dataset['event']) > number);
  }
  for (const band of lanes.querySelectorAll<SVGElement>('.band')) {
    band.classList.toggle('current', Number(band.dataset['event']) === number);
  }
  const now = lanes.querySelector('.now');
  const current = lanes.querySelector<SVGElement>(`.row[data-event="${number}"]`);
  const y = Number(current?.dataset['y']);
  now?.replaceChildren();
  for (const arrow of lanes.querySelectorAll<SVGElement>('.arrow[data-from]')) {
    const from = Number(arrow.dataset['from']);
    const to = Number(arrow.dataset['to'] ?? Number.NaN);
    arrow.classList.toggle('later', from > number);
    const isFlying = from <= number && to > number;
    arrow.classList.toggle('flying', isFlying);
    const way = arrow.querySelector<SVGLineElement>('.way');
    if (isFlying && way !== null) now?.append(...wayUntil(way, y + 10));
  }
  if (current !== null) scrollTo(lanes, y);
}

function wayUntil(way: SVGLineElement, y: number): SVGElement[] {
  const [x1, y1, x2, y2] = [way.x1, way.y1, way.x2, way.y2].map(({ baseVal }) => baseVal.value);
  const share = Math.min((y - y1!) / (y2! - y1! || 1), 1);
  const end = { x: x1! + (x2! - x1!) * share, y: y1! + (y2! - y1!) * share };
  return [
    svg('line', { class: 'now-way', x1: x1!, y1: y1!, x2: end.x, y2: end.y }),
    svg('circle', { class: 'now-end', cx: end.x, cy: end.y, r: 4 }),
  ];
}

function svg(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  return made;
}

/** Within the frame only: the page stays where the reader has put it. */
function scrollTo(frame: HTMLElement, y: number): void {
  const heads = 40;
  const top = y - frame.scrollTop;
  if (top > heads && top < frame.clientHeight - 2 * heads) return;
  frame.scrollTop = y - frame.clientHeight / 2;
}
